"""Ruby: Gemfile."""

from __future__ import annotations

from pathlib import Path

from cdkit.scaffold.language import Command, Language

FILE = "Gemfile"


def look(folder: Path) -> Language | None:
    """The Ruby project of a folder."""
    if not (folder / FILE).is_file():
        return None
    gemspec = next(iter(sorted(folder.glob("*.gemspec"))), None)
    install = Command("bundle install", FILE)
    return Language("ruby", FILE, gemspec.stem if gemspec else "", install, _test(folder))


def _test(folder: Path) -> Command | None:
    if (folder / "spec").is_dir():
        return Command("bundle exec rspec", f"spec/ and {FILE}")
    if (folder / "Rakefile").is_file() and (folder / "test").is_dir():
        return Command("bundle exec rake test", "test/ and Rakefile")
    return None
