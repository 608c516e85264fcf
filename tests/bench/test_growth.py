"""What is said of a growing country follows from its times: noise is divided out, and nothing that grows passes as flat."""

import pytest

from bench.growth_sums import GrowingStatements, Growth, Turn, table


def growth(times: dict[int, list[list[float]]], statements: dict[int, int] | None = None) -> Growth:
    """`times` are milliseconds by size, round and request."""
    made = Growth("a month")
    for size, rounds in times.items():
        for ms in rounds:
            made.keep(size, Turn(ms, [(statements or {}).get(size, 2)] * len(ms)))
    return made


def test_the_ratio_is_of_the_same_round() -> None:
    """The second round was noisy for both: over all requests together the ratio would be 1.1 or 12."""
    made = growth({20: [[10, 10], [100, 100], [10, 10]], 200: [[12, 12], [110, 110], [12, 12]]})
    assert made.ratio(200) == pytest.approx(1.2)
    assert made.ratio(20) == 1


def test_the_median_and_the_95th_of_a_hundred_are_of_all_rounds() -> None:
    made = growth({20: [list(range(1, 51)), list(range(51, 101))]})
    assert (made.median_ms(20), made.p95_ms(20)) == (50.5, 95)
    assert made.spread(20) == (25.5, 75.5)
    assert growth({20: [[3.0]]}).p95_ms(20) == 3


@pytest.mark.parametrize(("largest", "end"), [(15, None), (15.1, 10_000)])
def test_flat_is_at_most_half_as_much_again(largest: float, end: int | None) -> None:
    assert growth({20: [[10]], 10_000: [[largest]]}).ends_flat() == end


def test_where_it_stops_being_flat_and_whether_it_goes_on_growing() -> None:
    made = growth({10_000: [[33]], 20: [[10]], 2_000: [[30]], 200: [[12]]})
    assert made.ends_flat() == 2_000
    assert made.verdict() == (
        "a month: 3.30 times from 20 to 10,000 offices, goal 1.5: NOT reached, from 2,000 offices on (3.00);"
        " from 2,000 to 10,000 1.10 times"
    )


def test_a_size_in_between_that_is_slow_is_not_hidden_by_a_fast_last_one() -> None:
    assert "NOT reached, from 200" in growth({20: [[10]], 200: [[20]], 2_000: [[11]]}).verdict()


def test_what_is_flat_is_said_to_be() -> None:
    assert (
        growth({20: [[10]], 200: [[14]]})
        .verdict()
        .endswith("1.40 times from 20 to 200 offices, goal 1.5: reached")
    )


def test_more_statements_in_a_larger_country_make_no_result() -> None:
    made = growth({20: [[10]], 200: [[10]]}, {20: 3, 200: 4})
    with pytest.raises(GrowingStatements, match="a month: .*20: 3, 200: 4"):
        made.statements()
    assert [line.split()[-1] for line in table({"a month": made})][1:] == ["3", "4"]


def test_the_statements_are_the_most_of_any_request() -> None:
    made = Growth("nearest")
    made.keep(20, Turn([1, 1], [2, 3]))
    made.keep(200, Turn([1, 1], [3, 3]))
    assert made.statements() == 3


def test_the_table_has_a_line_for_each_size() -> None:
    lines = list(table({"a month": growth({20: [[10]], 200: [[14]]})}))
    assert [line.split()[-2:] for line in lines[1:]] == [["1.00", "2"], ["1.40", "2"]]
