"""A store on a server: what is no address, who cannot be reached, who may not write; no password is ever shown."""

from pathlib import Path

import psycopg
import pytest

from outcross.errors import CallError, FaultError
from outcross.store import Store


@pytest.fixture
def folder(tmp_path) -> Path:
    return tmp_path / ".outcross"


@pytest.mark.parametrize(
    "address", ["mysql://user@host/database", "sqlite:///file.db", "nonsense", "", "postgresql://user@host:port/x"]
)
def test_an_address_that_is_none_is_a_wrong_call(folder, address):
    with pytest.raises(CallError, match="none that outcross knows") as caught:
        Store(folder, address)
    assert "postgresql://" in caught.value.hint
    assert not folder.exists()


@pytest.mark.parametrize(
    "address",
    ["postgresql://ana:geheim@127.0.0.1:1/corpus", "postgres://ana:geheim@/corpus?host=/no/such/folder",
     "postgresql+psycopg://ana@127.0.0.1:1/corpus?password=geheim"],
)  # fmt: skip
def test_a_server_that_cannot_be_reached_is_named_and_no_password_is_shown(folder, address):
    with pytest.raises(FaultError, match="could not be used") as caught:
        Store(folder, address)
    assert "127.0.0.1:1/corpus" in str(caught.value) or "/no/such/folder:5432/corpus" in str(caught.value)
    assert "geheim" not in str(caught.value)
    assert "OUTCROSS_STORE" in caught.value.hint
    assert not folder.exists()


def test_a_database_that_is_not_there_is_named(folder, database):
    with pytest.raises(FaultError, match=r"absent.*does not exist"):
        Store(folder, database.replace("/postgres?", "/absent?"))


def test_a_user_who_may_not_make_tables_is_told_whom_to_ask(folder, database):
    with psycopg.connect(database, autocommit=True) as connection:
        connection.execute("DROP ROLE IF EXISTS guest")
        connection.execute("CREATE ROLE guest LOGIN")
    with pytest.raises(FaultError, match=r"permission denied|no schema") as caught:
        Store(folder, database.replace("postgres@", "guest@"))
    assert "right to make" in caught.value.hint


def test_a_server_that_ends_a_connection_is_used_again_when_it_is_back(folder, database):
    store = Store(folder, database)
    store.begin_run("key", {})
    with psycopg.connect(database, autocommit=True) as connection:
        connection.execute("SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE application_name = 'outcross'")
    assert len(store.runs()) == 1
    store.close()


def test_the_driver_that_is_missing_is_named_with_its_extra(folder, monkeypatch):
    monkeypatch.setitem(__import__("sys").modules, "psycopg", None)
    with pytest.raises(CallError, match="psycopg") as caught:
        Store(folder, "postgresql://ana@host/corpus")
    assert "outcross[postgres]" in caught.value.hint
