"""Lay out the pages of the site: ``python docs/layout.py FOLDER``.

The repository's pages link to each other and to files as a forge shows them. The site has the pages of
``docs/`` at its root, CONTRIBUTING.md beside them, and what they link to in ``examples/`` and ``benchmarks/``
under the same names. A link to any other file of the repository becomes its text: the site has no such file.
A picture in light and dark goes by the colours of the system on a forge, by those of the page on the site.
"""

import os
import re
import shutil
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
ASSETS = {".css", ".js", ".png", ".svg"}
PICTURE = re.compile(r'<picture>\s*<source [^>]*srcset="(.+?)">\s*<img alt="(.+?)" src="(.+?)">\s*</picture>')
LINK = re.compile(r"\[((?:[^\[\]]|\[[^\]]*\])*)\]\(([^)\s]+)\)")


def main(folder: Path) -> None:
    """Write the folder anew."""
    shutil.rmtree(folder, ignore_errors=True)
    waiting = [*sorted((ROOT / "docs").rglob("*.md")), ROOT / "CONTRIBUTING.md"]
    waiting += [path for path in (ROOT / "docs").rglob("*") if path.suffix in ASSETS]
    written: set[Path] = set()
    while waiting:
        path = waiting.pop()
        if path not in written:
            written.add(path)
            waiting += lay_out(path, folder)


def lay_out(path: Path, folder: Path) -> list[Path]:
    """Write one file of the repository to the folder, and give the files that it links to."""
    target = folder / address(path)
    target.parent.mkdir(parents=True, exist_ok=True)
    if path.suffix != ".md":
        shutil.copyfile(path, target)
        return []
    text, linked = relinked(path.read_text(encoding="utf-8"), path)
    target.write_text(text, encoding="utf-8")
    return linked


def relinked(text: str, page: Path) -> tuple[str, list[Path]]:
    """The text of a page with its links as the site has them, and the files that they lead to."""
    linked = []

    def link(match: re.Match[str]) -> str:
        label, (path, mark, fragment) = match[1], match[2].partition("#")
        if not path or re.match(r"[a-z]+:", path):
            return match[0]
        file = (page.parent / path).resolve()
        if not on_the_site(file):
            return label
        linked.append(file)
        return f"[{label}]({os.path.relpath(address(file), address(page).parent)}{mark}{fragment})"

    text = PICTURE.sub(r"![\2](\3#only-light)\n![\2](\1#only-dark)", text)
    parts = re.split(r"(^```.*?^```$)", text, flags=re.MULTILINE | re.DOTALL)
    parts[::2] = [LINK.sub(link, part) for part in parts[::2]]  # code between them stays as it is
    return "".join(parts), linked


def on_the_site(file: Path) -> bool:
    """Whether the site has a file of the repository."""
    return file.is_file() and (
        file == ROOT / "CONTRIBUTING.md"
        or file.is_relative_to(ROOT / "docs")
        or file.is_relative_to(ROOT / "examples")
        or file.is_relative_to(ROOT / "benchmarks")
    )


def address(file: Path) -> Path:
    """Where the site has a file of the repository."""
    path = file.relative_to(ROOT)
    if path.parts[0] == "docs":
        return path.relative_to("docs")
    return Path("contributing.md") if path.name == "CONTRIBUTING.md" else path


if __name__ == "__main__":
    if len(sys.argv) != 2:
        sys.exit("usage: python docs/layout.py FOLDER")
    main(Path(sys.argv[1]))
