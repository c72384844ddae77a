"""The pages: each says what it shows, asks, and draws."""
