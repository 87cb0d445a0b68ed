"""Texts of learners, as formgrader and feedback pages render them."""

import base64
import re

import pytest
from bs4 import BeautifulSoup
from nbconvert.exporters import HTMLExporter
from nbformat.v4 import new_code_cell, new_markdown_cell, new_notebook, new_output, new_raw_cell

pytest.importorskip("nbgrader")

from autograder.nbgrading.allow_lists import known_commands
from autograder.nbgrading.exporter import FeedbackExporter
from autograder.nbgrading.feedback import MathsWithoutNetwork
from autograder.nbgrading.harmless_text import clean, is_harmless, make_harmless, render
from autograder.nbgrading.safe_notebook import make_own_notebook_harmless
from tests.nbgrading.test_attachments import IMAGES

PNG = IMAGES["image/png"]
SVG = base64.b64encode(b"<svg xmlns='http://www.w3.org/2000/svg' onload='alert(1)'/>").decode()
HARMFUL = {
    "link": "[x](javascript:alert(1))",
    "mixed case": "[x](JaVaScRiPt:alert(1))",
    "entity": "[x](java&#115;cript:alert(1))",
    "tab as an entity": "[x](java&Tab;script:alert(1))",
    "newline as an entity": "[x](java&#10;script&#58;alert(1))",
    "leading control": "[x](<&#1;javascript:alert(1)>)",
    "vbscript": "[x](vbscript:msgbox)",
    "data link": "[x](data:text/html;base64,PHNjcmlwdD4=)",
    "reference": "[a][b]\n\n[b]: javascript:alert(1)",
    "shortcut reference": "[b]\n\n[b]: <JAVASCRIPT:alert(1)>",
    "autolink": "<javascript:alert(1)>",
    "image": "![a](javascript:alert(1))",
    "SVG image": f"![a](data:image/svg+xml;base64,{SVG})",
    "image of a command": "![a](/logout)",
    "title": '[x](javascript:alert(1) "a title")',
    "script": "<script>alert(1)</script>",
    "handler": '<img src="x" onerror="alert(1)">',
    "style": '<div style="position:fixed;inset:0">10/10</div>',
    "class": '<div class="navbar-fixed-top">10/10</div>',
    "comment": "<!-- x --><b>",
    "frame": '<iframe srcdoc="<script>alert(1)</script>"></iframe>',
    "SVG": '<svg><a xlink:href="javascript:alert(1)"><text>x</text></a></svg>',
    "MathML link": '<math href="javascript:alert(1)"><mi>x</mi></math>',
    "MathML xlink": '<math><mi xlink:href="javascript:alert(1)">x</mi></math>',
    "maction": '<math><maction actiontype="statusline#x"><mi>x</mi></maction></math>',
    "mXSS": "<math><mtext><table><mglyph><style><img src=x onerror=alert(1)>",
    "annotation": '<math><annotation-xml encoding="text/html"><script>alert(1)</script>',
    "mermaid": "```mermaid\n</pre><script>alert(1)</script>\n```",
    "TeX href": r"$\href{javascript:alert(1)}{x}$",
    "TeX style": r"$\style{position:fixed;inset:0}{10/10}$",
    "TeX class": r"$$\class{navbar-fixed-top}{10/10}$$",
    "TeX cssId": r"$\require{html}\cssId{a}{b}$",
    "TeX bbox": r"$\bbox[position:fixed;inset:0]{10/10}$",
    "TeX box": r"$\fcolorbox{red;position:fixed}{red}{10/10}$",
    "TeX token": r"$\mmlToken{mi}[href='javascript:alert(1)']{x}$",
    "TeX macro": r"$\def\frac{\href{javascript:alert(1)}{x}}$",
    "TeX rule": r"$\rule{99em}{99em}$",
    "TeX brackets": r"\\(\href{javascript:alert(1)}{x}\\)",
    "TeX environment": r"\begin{align}\href{javascript:alert(1)}{x}\end{align}",
    "TeX of entities": "&#36;\\\\&#104;ref{javascript:alert(1)}{x}&#36;",
    "TeX of double backslashes": r"$\\href{javascript:alert(1)}{x}$",
    "missing attachment": "![p](attachment:image.png)",
    "missing attachment by reference": "![p][r]\n\n[r]: attachment:image.png",
    "attachment with HTML": '![p](attachment:"><script>alert(1)</script>)',
}
HARMLESS = {
    "question": "> My question: is $b_u < b_i$, or `b_u & b_i` > 0?",
    "formula": r"$r_{ui} = \mu + \hat{b}_u + \mathbf{p}_u^\top q_i$, $a<b$",
    "matrix": "$$\n\\begin{pmatrix}1 & 2\\\\x & 3\\end{pmatrix}\n$$",
    "code": "```python\nx = 1 < 2  # <b>\n```\nand `<script>` and `$\\href{a}{b}$`",
    "table": "| a | b |\n|:--|--:|\n| 1 | 2 |",
    "tasks": "- [x] done\n- [ ] not yet",
    "links": "[top](#Title) [page](https://example.org) <https://example.org> [file](data/x.csv)",
    "path": r"It lies in C:\Users\ada and costs $5",
    "image": f"![p](data:image/png;base64,{PNG})",
}
by_harm = pytest.mark.parametrize("source", HARMFUL.values(), ids=HARMFUL)


def exported(exporter, *cells):
    """The page of a notebook, as HTML and parsed."""
    notebook = new_notebook(cells=list(cells))
    exporter.register_preprocessor(MathsWithoutNetwork, enabled=True)
    html, _resources = exporter.from_notebook_node(notebook)
    return html, BeautifulSoup(html, "html.parser")


def assert_harmless(tags):
    for tag in tags:
        assert tag.name not in {"script", "iframe", "svg", "style", "maction", "annotation-xml"}
        for name, value in tag.attrs.items():
            text = re.sub(r"[\x00-\x20]", "", " ".join(value) if isinstance(value, list) else value)
            assert not name.startswith("on"), tag
            assert name not in {"srcdoc", "xlink:href"}, tag
            assert "script:" not in text.lower(), tag
            assert not text.startswith("data:") or text.startswith("data:image/png"), tag
            assert "fixed" not in text, tag


@by_harm
def test_a_harmful_text_becomes_harmless_markdown(source):
    assert not is_harmless(source, {})
    cell = new_markdown_cell(source)
    make_harmless(cell)
    assert is_harmless(cell.source, {})
    rendered = BeautifulSoup(render(cell.source, {}), "html.parser")
    assert_harmless(rendered.find_all(True))
    assert rendered.get_text(strip=True)


@by_harm
def test_feedback_shows_a_harmful_text_without_its_harm(source):
    _html, page = exported(FeedbackExporter(), new_markdown_cell(source))
    [text] = page.select(".jp-RenderedMarkdown")
    assert_harmless(text.find_all(True))


@pytest.mark.parametrize("source", HARMLESS.values(), ids=HARMLESS)
def test_a_harmless_text_stays_as_it_is(source):
    cell = new_markdown_cell(source)
    make_harmless(cell)
    assert cell.source == source
    rendered = BeautifulSoup(render(source, {}), "html.parser")
    assert BeautifulSoup(clean(str(rendered)), "html.parser").get_text() == rendered.get_text()


def test_formulas_may_use_what_they_need():
    used = "frac sum mathbb left right begin end text operatorname cdots big implies argmin quad"
    assert not set(used.split()) - known_commands()
    assert not {"href", "style", "class", "cssId", "require", "bbox", "def"} & known_commands()


def test_formulas_become_mathml_without_links_and_styles():
    source = r"$\frac{1}{n}\sum_i x_i$ and $\href{javascript:alert(1)}{y}$ and $\style{top:0}{z}$"
    _html, page = exported(FeedbackExporter(), new_markdown_cell(source))
    [text] = page.select(".jp-RenderedMarkdown")
    assert len(text.find_all("math")) == 3
    assert text.find("mfrac")
    assert not [tag for tag in text.find_all(True) if {"href", "style"} & tag.attrs.keys()]


def test_a_feedback_page_has_a_policy_before_all_else():
    _html, page = exported(FeedbackExporter(), new_markdown_cell("text"))
    first = page.head.find(True)
    assert first["http-equiv"] == "Content-Security-Policy"
    assert first["content"].startswith(
        "default-src 'none'; style-src 'unsafe-inline'; img-src data:; font-src data:"
    )


def test_outputs_are_text_and_raster_images():
    bundles = [
        {"text/html": "<script>alert(1)</script>", "text/plain": "a frame"},
        {"image/svg+xml": "<svg onload='alert(1)'/>"},
        {"text/markdown": "[x](javascript:alert(1))", "text/latex": r"$\href{x}{y}$"},
        {"application/javascript": "alert(1)"},
        {"image/png": '"><script>alert(1)</script>'},
        {"image/png": PNG},
    ]
    outputs = [new_output("display_data", data=bundle) for bundle in bundles]
    cell = new_code_cell('check("f")', outputs=outputs, metadata={"nbgrader": {"grade": True}})
    html, page = exported(FeedbackExporter(), cell)
    assert "alert(1)" not in html
    assert "a frame" in page.get_text()
    assert [image["src"] for image in page.find_all("img")] == [f"data:image/png;base64,{PNG}"]


def test_an_instructors_own_notebook_is_harmless_in_formgrader():
    cells = [
        new_markdown_cell("[x](javascript:alert(1))", metadata={"tags": ['"><script>']}),
        new_raw_cell("<script>alert(1)</script>", metadata={"raw_mimetype": "text/html"}),
    ]
    notebook = new_notebook(cells=cells, metadata={"title": "<x>", "widgets": {"a": "</script>"}})
    make_own_notebook_harmless(notebook, new_notebook())
    assert notebook.metadata == {}
    html, _resources = HTMLExporter(template_name="classic").from_notebook_node(notebook)
    assert "alert(1)</script>" not in html
    assert 'href="javascript' not in html
