"""A drawing's elements as the page carries them."""

from dashboards.charts.shapes import Rect, Svg, Text


def test_markup_is_one_element_a_shape_with_its_text_escaped():
    drawing = Svg(100, 50, "words", [Rect(1, 2, 3, 4, "#12436D"), Text(5, 6, "<Ash & 'Elm'>", 12)])
    assert drawing.markup == (
        '<rect x="1" y="2" width="3" height="4" fill="#12436D"></rect>'
        '<text x="5" y="6" fill="#0B0C0C" font-size="12">&lt;Ash &amp; &#x27;Elm&#x27;&gt;</text>'
    )


def test_markup_lets_no_text_end_an_attribute():
    assert 'fill="&quot; onload=&quot;x"' in Svg(9, 9, "", [Rect(0, 0, 1, 1, '" onload="x')]).markup
