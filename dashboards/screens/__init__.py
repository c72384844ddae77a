"""The pages: each says what it shows, asks, and draws.

The folder is not called `pages`, because Streamlit itself runs the files of such a folder beside its script.
"""
