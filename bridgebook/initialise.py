"""Write a commented bridgebook.toml and the folders of a new home."""

from importlib import resources

from bridgebook.home import Home
from bridgebook.texts import Language


def initialise(home: Home, language: Language) -> bool:
    """Create the home; return whether a settings file was written (an existing one is never touched)."""
    home.root.mkdir(parents=True, exist_ok=True)
    home.create()
    ignore = home.root / ".gitignore"
    if not ignore.exists():
        ignore.write_text("*\n", encoding="utf-8")
    if home.settings_file.exists():
        return False
    template = resources.files("bridgebook") / f"settings_template_{language}.toml"
    home.settings_file.write_text(template.read_text(encoding="utf-8"), encoding="utf-8")
    return True
