"""Reading a drawing back: what its shapes say, and whether it is fit to be seen."""

from itertools import combinations

from dashboards.charts.shapes import Dot, Line, Rect, Text


def both(chart):
    return (chart.wide, chart.narrow)


def of_role(svg, role, kind=object):
    return [shape for shape in svg.shapes if shape.role == role and isinstance(shape, kind)]


def texts(svg):
    return [shape for shape in svg.shapes if isinstance(shape, Text)]


def value_at(svg, y):
    """The value a height stands for, by the drawn ticks alone."""
    ticks = of_role(svg, "tick", Text)
    lines = of_role(svg, "grid", Line)
    known = [
        (float(tick.text.rstrip("%").replace(",", "")), line.points[0][1])
        for tick, line in zip(ticks, lines, strict=True)
    ]
    (low, start), (high, end) = known[0], known[-1]
    return low + (y - start) / (end - start) * (high - low)


def values_of_lines(svg, role):
    """The values along the lines and single dots of a series, in order."""
    return [
        value_at(svg, y)
        for shape in svg.shapes
        if shape.role == role
        for y in (
            [y for _, y in shape.points]
            if isinstance(shape, Line)
            else [shape.y]
            if isinstance(shape, Dot)
            else []
        )
    ]


def assert_fit_to_be_seen(chart):
    """Nothing outside the drawing, no text over another, no text under 14 pixels."""
    for svg in both(chart):
        for shape in svg.shapes:
            left, top, right, bottom = shape.box
            assert left >= -1, (shape, svg.width)
            assert right <= svg.width + 1, (shape, svg.width)
            assert top >= -1, (shape, svg.height)
            assert bottom <= svg.height + 1, (shape, svg.height)
            if isinstance(shape, Rect):
                assert shape.width >= 0
                assert shape.height >= -0.001
        for a, b in combinations(texts(svg), 2):
            assert not a.box.overlaps(b.box), (a.text, b.text)
        assert all(text.size >= 14 for text in texts(svg))


def assert_words_are_fit(chart):
    """A title of 15 words at most; as many cells in each row as columns; no cell blank."""
    assert len(chart.title.split()) <= 15, chart.title
    assert all(len(row) == len(chart.columns) for row in chart.rows)
    assert all(cell for row in chart.rows for cell in row)
    assert chart.wide.description == chart.narrow.description == chart.summary
    assert all(len(sentence.split()) <= 25 for sentence in chart.summary.split(". "))
