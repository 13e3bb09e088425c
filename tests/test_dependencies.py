"""SECURITY.md says of every dependency under which licence it is, and which version is pinned."""

import re
import tomllib
from importlib.metadata import PackageNotFoundError, metadata
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]
NOT_OURS = {"dev", "docs", "bench", "all"}  # what only people who work on the package install


def needed() -> list[str]:
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    extras = project["optional-dependencies"]
    given = [
        *project["dependencies"],
        *(one for name in extras if name not in NOT_OURS for one in extras[name]),
    ]
    return [re.split(r"[\[<>=!]", one)[0] for one in given]


def described() -> dict[str, tuple[str, str]]:
    """The licence and the release of each package in the table."""
    table = (ROOT / "SECURITY.md").read_text(encoding="utf-8").split("## What it is built of")[1]
    rows = [
        [cell.strip() for cell in line.split("|")[1:-1]] for line in table.splitlines() if line[:2] == "| "
    ]
    return {
        name: (licence, release)
        for names, licence, release, *_ in rows[1:]
        for name in re.sub(r" \(.*\)", "", names).split(", ")
    }


def test_all_that_is_needed_is_described_and_nothing_else():
    assert sorted(described()) == sorted(needed())


@pytest.mark.parametrize("name", described())
def test_the_licence_and_the_release_are_those_of_the_package(name: str):
    try:
        said = metadata(name)
    except PackageNotFoundError:
        pytest.skip("is not installed")
    licence, release = described()[name]
    declared = " ".join(
        [*said.get_all("Classifier", []), said.get("License-Expression", ""), said.get("License", "")]
    )
    words = (
        [re.split(r"[- ]", word)[0] for word in licence.split(", ")] if "its own" not in licence else ["PSF"]
    )
    assert any(word in declared or (word == "PSF" and "Python Software" in declared) for word in words)
    pinned = re.search(
        rf"^{name}==(.*)$", (ROOT / "constraints.txt").read_text(), re.MULTILINE | re.IGNORECASE
    )
    if release[0].isdigit():
        assert pinned and pinned[1] == release.split(",")[0]
