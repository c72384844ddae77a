"""The pages: each says what it shows, asks, and draws.

The folder is not called `pages`, because Streamlit runs every file of a `pages` folder beside its script by itself.
"""
