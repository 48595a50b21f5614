from urllib.parse import quote_from_bytes, urlencode

from flask import Flask
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from indexer.search.request import FILTERS
from webui.params import SINGLE

ROUTES = st.sampled_from(
    ["/", "/recherche", "/recherche.json", "/statistiques", "/statistiques.json"]
)
NAMES = st.sampled_from([*SINGLE, *FILTERS, "par"]) | st.text(
    st.characters(codec="utf-8"), max_size=8
)
LIKELY = st.sampled_from(
    ["2019", "-1", "0", "1", "99999999999999999999", "03/2019", "QE", "repondue", "delai", "15"]
)
BYTES = (
    st.binary(max_size=30)
    | LIKELY.map(str.encode)
    | st.text(max_size=30).map(lambda text: text.encode("utf-8", "surrogatepass"))
)
QUERIES = st.lists(st.tuples(NAMES, BYTES), max_size=8)


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None)
@given(query=QUERIES, route=ROUTES)
def test_no_parameter_whatever_it_holds_breaks_the_site(
    app: Flask, query: list[tuple[str, bytes]], route: str
) -> None:
    response = app.test_client().get(f"{route}?{urlencode(query)}")
    assert response.status_code in (200, 400)
    assert response.headers["Content-Security-Policy"]


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None)
@given(
    reference=st.binary(max_size=40) | LIKELY.map(str.encode),
    ending=st.sampled_from(["", ".json"]),
    query=QUERIES,
)
def test_no_reference_whatever_it_holds_breaks_the_site(
    app: Flask, reference: bytes, ending: str, query: list[tuple[str, bytes]]
) -> None:
    path = quote_from_bytes(reference, safe="")
    response = app.test_client().get(f"/question/{path}{ending}?{urlencode(query)}")
    assert response.status_code < 500
    assert response.headers["Content-Security-Policy"]


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None)
@given(raw=st.text(st.characters(max_codepoint=255, min_codepoint=33), max_size=60))
def test_no_raw_query_string_breaks_the_site(app: Flask, raw: str) -> None:
    environ = {"QUERY_STRING": raw, "HTTP_ACCEPT": raw, "HTTP_IF_NONE_MATCH": raw}
    response = app.test_client().get("/recherche", environ_overrides=environ)
    assert response.status_code in (200, 304, 400)
