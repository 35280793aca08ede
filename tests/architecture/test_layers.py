"""Imports point down only; the contracts themselves are in pyproject.toml."""

from importlinter.cli import lint_imports

from tests.architecture.source import ROOT


def test_imports_keep_the_contracts(monkeypatch, capsys):
    monkeypatch.chdir(ROOT)
    broken = lint_imports(config_filename="pyproject.toml", no_cache=True)
    assert not broken, capsys.readouterr().out
