"""The settings of a workspace: what nobody knows is refused, with the line it stands on."""

import os
import tomllib

import pytest
from hypothesis import given
from hypothesis import strategies as st

from outcross.errors import CallError
from outcross.founding import check_new, write_new
from outcross.settings import FILE, Identity, Place, Provenance, Settings, Track, found_above, is_workspace, read


def written(folder, text: str):
    (folder / FILE).write_text(text, encoding="utf-8")
    return folder


def test_a_folder_without_a_file_has_the_defaults(tmp_path):
    assert read(tmp_path) == Settings(Place(None), Track(0.05, None, None, None, None, None))


def test_all_settings_are_read(tmp_path):
    text = """
    [store]
    url = "postgresql://ana@host/corpus"
    [track]
    alpha = 0.01
    looks = 30
    primary = "reference.tail"
    first_words = 200
    cluster_by = "seed"
    reference = "human"
    """
    assert read(written(tmp_path, text)) == Settings(
        Place("postgresql://ana@host/corpus"), Track(0.01, 30, "reference.tail", 200, "seed", "human")
    )


def test_whose_word_on_provenance_counts_is_read(tmp_path):
    text = """
    [provenance]
    signers = ["ana"]
    trusted_root = "trusted_root.json"
    cutoff = "2021-06-30"
    [[provenance.identities]]
    identity = "ana@example.org"
    issuer = "https://accounts.example.org"
    """
    ana = Identity("ana@example.org", "https://accounts.example.org")
    assert read(written(tmp_path, text)).provenance == Provenance(("ana",), (ana,), "trusted_root.json", "2021-06-30")
    assert read(written(tmp_path, "[provenance]\nidentities = []")).provenance == Provenance()


WHO = '{ identity = "a", issuer = "b" }'


@pytest.mark.parametrize(("text", "line", "said", "hint"), [
    (f"identities = [{WHO}]\n", 2, "identities need a trusted_root", "Correct it"),
    ("\nidentities = 'ana'\n", 3, "identities must be a list of {", "Correct it"),
    ("identities = ['ana']\n", 2, "identities must be a list of {", "Correct it"),
    (f"identities = [\n  {WHO},\n  {{ identity = 'a', isuer = 'b' }},\n]\n", 4, "no key 'isuer'", "'issuer'?"),
    ("[[provenance.identities]]\nidentity = 'a'\nisuer = 'b'\n", 1, "no key 'isuer'", "'issuer'?"),
    ("identities = [{ identity = 'a' }]\n", 2, "needs both identity and issuer", "Correct it"),
    ("identities = [{ identity = '', issuer = 3 }]\n", 2, "needs both identity and issuer", "Correct it"),
    ("trusted_root = 3\n", 2, "trusted_root must be a text in quotes", "Correct it"),
    ("cutoff = 'autumn 2022'\n", 2, "cutoff must be a day such as 2022-11-30", "Correct it"),
    ("cutoff = 2022-11-30\n", 2, "cutoff must be a text in quotes", "Correct it"),
])  # fmt: skip
def test_who_cannot_be_believed_is_refused_with_the_line(text, line, said, hint, tmp_path):
    with pytest.raises(CallError) as caught:
        read(written(tmp_path, f"[provenance]\n{text}"))
    assert f"{FILE}, line {line}: " in caught.value.message
    assert said in caught.value.message
    assert hint in caught.value.hint


def test_the_environment_goes_before_the_file(tmp_path, monkeypatch):
    monkeypatch.setenv("OUTCROSS_STORE", "postgresql://ana:secret@host/corpus")
    assert read(written(tmp_path, '[store]\nurl = "postgresql://host/other"')).store.url.endswith("@host/corpus")
    monkeypatch.setenv("OUTCROSS_STORE", "")
    assert read(tmp_path).store.url == "postgresql://host/other"


@pytest.mark.parametrize(("text", "line", "said", "hint"), [
    ("[track]\n\nalpa = 0.05\n", 3, "no key 'alpa' in [track]", "Did you mean 'alpha'?"),
    ("# url\n[store]\n  ulr = 'x'\n", 3, "no key 'ulr' in [store]", "Did you mean 'url'?"),
    ("[store]\n[track]\nurl = 'x'\n", 3, "no key 'url' in [track]", "There are: alpha, cluster_by"),
    ("track.alpa = 0.05\n", 1, "no key 'alpa'", "Did you mean 'alpha'?"),
    ("\n'track' = {alpa = 0.05}\n", 1, "no key 'alpa'", "Did you mean 'alpha'?"),
    ("\n[trakc]\nalpha = 0.05\n", 2, "no table [trakc]", "Did you mean 'track'?"),
    ("\nalpha = 0.05\n", 2, "no key 'alpha' outside of a table", "There are: criterion, policy, provenance"),
    ("track = 3\n", 1, "'track' must be a table", "Correct it"),
    ("[[track]]\nalpha = 0.05\n", 1, "'track' must be a table", "Correct it"),
    ("[track]\nalpha = '5 %'\n", 2, "alpha must be a number, not '5 %'", "Correct it"),
    ("[track]\nalpha = true\n", 2, "alpha must be a number", "Correct it"),
    ("[track]\nalpha = 0\n", 2, "alpha must be above 0", "Correct it"),
    ("[track]\nalpha = 0.6\n", 2, "alpha must be above 0, and 0.5 at most", "Correct it"),
    ("[track]\nalpha = nan\n", 2, "alpha must be above 0", "Correct it"),
    ("[track]\nalpha = 0.05\nlooks = 3.5\n", 3, "looks must be a whole number", "Correct it"),
    ("[track]\nlooks = 0\n", 2, "looks must be 1 or more", "Correct it"),
    ("[track]\nfirst_words = -1\n", 2, "first_words must be 1 or more", "Correct it"),
    ("[track]\nprimary = ' '\n", 2, "primary must be a text that is not empty", "Correct it"),
    ("[track]\nreference = ['a']\n", 2, "reference must be a text in quotes", "Correct it"),
    ("[store]\n\"url\" = 5\n", 2, "url must be a text in quotes", "Correct it"),
    ("[track]\nalpha = \n", 2, "is no TOML", "toml.io"),
])  # fmt: skip
def test_what_is_wrong_is_told_with_its_line(tmp_path, text, line, said, hint):
    with pytest.raises(CallError) as caught:
        read(written(tmp_path, text))
    assert f"line {line}" in caught.value.message
    assert said in caught.value.message
    assert FILE in caught.value.message
    assert hint in caught.value.hint


def test_what_is_no_text_is_a_wrong_call(tmp_path):
    (tmp_path / FILE).write_bytes(b"\xff\xfe[\x00t\x00")
    with pytest.raises(CallError, match="no TOML"):
        read(tmp_path)


def test_the_file_that_is_written_says_what_the_defaults_are(tmp_path):
    assert write_new(tmp_path, None)
    assert read(tmp_path) == Settings()
    assert not write_new(tmp_path, "postgresql://host/other")
    assert read(tmp_path) == Settings()


@given(st.text(st.characters(exclude_categories=["Cs"]), min_size=1).filter(str.strip))
def test_any_address_is_written_so_that_it_is_read_back(tmp_path_factory, address):
    folder = tmp_path_factory.mktemp("written")
    write_new(folder, address)
    assert tomllib.loads((folder / FILE).read_text(encoding="utf-8"))["store"]["url"] == address


@pytest.mark.parametrize(
    "address", ["postgresql://ana:geheim@host/corpus", "postgresql://host/corpus?user=ana&password=geheim"]
)
def test_a_password_is_not_written_down(tmp_path, address):
    with pytest.raises(CallError, match="password") as caught:
        check_new(tmp_path, address)
    assert "geheim" not in str(caught.value)
    assert "OUTCROSS_STORE" in caught.value.hint
    check_new(tmp_path, "postgresql://ana@host:5432/corpus?sslmode=require")


def test_a_file_that_names_another_store_is_never_overwritten(tmp_path):
    write_new(tmp_path, "postgresql://host/corpus")
    check_new(tmp_path, None)
    check_new(tmp_path, "postgresql://host/corpus")
    with pytest.raises(CallError, match="another store: postgresql://host/corpus") as caught:
        check_new(tmp_path, "postgresql://host/other")
    assert "never overwritten" in caught.value.hint


def test_a_workspace_is_found_above_by_its_settings_alone(tmp_path):
    below = tmp_path / "a" / "b"
    below.mkdir(parents=True)
    (tmp_path / ".outcross").mkdir()
    assert found_above(below) == below
    write_new(tmp_path, None)
    assert found_above(below) == tmp_path
    (below / ".outcross").mkdir()
    assert is_workspace(below)
    assert found_above(below) == below


@pytest.mark.skipif(not hasattr(os, "geteuid") or os.geteuid() != 0, reason="only root gives files away")
def test_settings_of_somebody_else_above_a_folder_do_not_count(tmp_path):
    below = tmp_path / "below"
    below.mkdir()
    write_new(tmp_path, "postgresql://stranger/corpus")
    os.chown(tmp_path / FILE, 65534, -1)
    assert found_above(below) == below
