# SPDX-FileCopyrightText: 2026 The poststelle authors
# SPDX-License-Identifier: EUPL-1.2
"""The HTML of a message becomes harmless, and its links say where they lead."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from poststelle.faces.web.desk.sanitize import TAGS, harmless, host_of


@pytest.mark.parametrize(
    "markup",
    [
        "<script>fetch('//x.example')</script>",
        "<img src='https://x.example/p.png'>",
        "<img src=x onerror=alert(1)>",
        "<p style='background:url(//x.example)'>a</p>",
        "<style>@import '//x.example'</style>",
        "<link rel=stylesheet href=//x.example>",
        "<base href='//x.example/'>",
        "<meta http-equiv=refresh content='0;url=//x.example'>",
        "<form action=//x.example><input name=a><button>b</button></form>",
        "<iframe src=//x.example></iframe>",
        "<object data=//x.example></object><embed src=//x.example>",
        "<svg><script>alert(1)</script><image href=//x.example></svg>",
        "<math><mtext><style><img src=//x.example></style></mtext></math>",
        "<video src=//x.example autoplay></video><audio src=//x.example></audio>",
        "<a href='javascript:alert(1)'>a</a>",
        "<a href='data:text/html,<script>1</script>'>a</a>",
        "<table background=//x.example><tr><td background=//x.example>a</td></tr></table>",
        "<body onload=alert(1)>a</body>",
        "<!--[if IE]><img src=//x.example><![endif]-->",
    ],
)
def test_nothing_is_left_that_runs_or_loads(markup):
    left = harmless(markup)
    for word in ("src", "x.example/", "style", "onerror", "onload", "javascript", "<script", "<form", "href", "url("):
        assert word not in left, left


@pytest.mark.parametrize(
    ("link", "shown"),
    [
        ("https://evil.example/stadt-muenster.de", "evil.example"),
        ("https://stadt-muenster.de@evil.example/", "evil.example"),
        ("https://münster.example/", "xn--mnster-3ya.example"),
        ("mailto:erika@buerger.example", "mailto: erika@buerger.example"),
        ("https://[::1", "unlesbare Adresse"),
    ],
)
def test_a_link_says_its_real_host_and_leads_nowhere(link, shown):
    left = harmless(f'<a href="{link}">https://stadt-muenster.de</a>')
    assert host_of(link) == shown
    assert "<a" not in left


def test_the_host_stands_behind_the_words_of_the_link():
    left = harmless('<p>Bitte <a href="https://evil.example/x">hier</a> klicken</p>')
    assert left == "<p>Bitte <u>hier</u> <code>[evil.example]</code> klicken</p>"


@given(
    st.lists(st.sampled_from([*"<>/\"'= ab&;", "<a href=", "<img ", "<svg>", "<!--", "-->", "<p>", "</p>"])).map(
        "".join
    )
)
def test_whatever_comes_only_known_tags_remain(markup):
    import re

    left = harmless(markup)
    assert {name.lower() for name in re.findall(r"</?([a-zA-Z][^\s>/]*)", left)} <= TAGS | {"u", "code"}
