"""The product against the books of a real ERP: its own reports are the oracle."""
