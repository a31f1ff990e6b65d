# SPDX-FileCopyrightText: 2026 The poststelle authors
# SPDX-License-Identifier: EUPL-1.2
import argparse
import stat

import pytest

from poststelle.faces.cli import recipients
from poststelle.faces.cli.frame import CommandError, Exit

TWO = ("post@stadt.example", "postmaster@stadt.example")


def command(*words: str, known: tuple[str, ...] = TWO) -> int:
    parser = argparse.ArgumentParser()
    recipients.add_parser(parser.add_subparsers())
    return recipients.run(parser.parse_args(["recipients", *words]), lambda _authority: known)


def test_write_replaces_the_map_as_a_whole_and_lets_postfix_read_it(tmp_path, capsys):
    place = tmp_path / "map"
    place.write_text("old@stadt.example ok\n")
    assert command("write", str(place)) == Exit.OK
    assert place.read_text() == "post@stadt.example ok\npostmaster@stadt.example ok\n"
    assert stat.S_IMODE(place.stat().st_mode) == 0o644
    assert list(tmp_path.iterdir()) == [place]
    assert "postfix reload" in capsys.readouterr().out


def test_an_empty_list_never_replaces_the_map(tmp_path):
    with pytest.raises(CommandError):
        command("write", str(tmp_path / "map"), known=())
    assert not list(tmp_path.iterdir())


def test_a_folder_that_is_not_there_is_a_sentence(tmp_path):
    with pytest.raises(CommandError, match="cannot be written"):
        command("write", str(tmp_path / "absent" / "map"))


def test_list_prints_one_address_a_line(capsys):
    assert command("list") == Exit.OK
    assert capsys.readouterr().out.splitlines() == list(TWO)
