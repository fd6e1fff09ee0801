"""The CSV of a rehearsal."""

from __future__ import annotations

import pytest

from devtools.robots import customers

HEAD = "name,domain,product,host,users,groups\n"


def test_reads_what_it_wrote(tmp_path):
    made = customers.default(10, 200)
    customers.write(tmp_path / "c.csv", made)
    assert customers.read(tmp_path / "c.csv") == made
    assert len({each.domain for each in made}) == 10


def test_takes_a_file_as_spreadsheets_save_it(tmp_path):
    path = tmp_path / "c.csv"
    path.write_bytes(b"\xef\xbb\xbf" + (HEAD + "Ab C, AB.example ,Advocacy,ab.smarpshare.com,3,One; Two\n").encode())
    (read,) = customers.read(path)
    assert (read.domain, read.product, read.groups) == ("ab.example", "advocacy", ("One", "Two"))


@pytest.mark.parametrize(
    ("row", "said"),
    [
        (",a.example,home,a.example,3,", "name is empty"),
        ("A,nodomain,home,a.example,3,", "domain “nodomain”"),
        ("A,a.example,intranet,a.example,3,", "product “intranet”"),
        ("A,a.example,home,not a host,3,", "host “not a host”"),
        ("A,a.example,advocacy,a.example,3,One", "must be one name before .smarpshare.com"),
        ("A,a.example,home,a.example,none,", "users “none”"),
        ("A,a.example,home,a.example,0,", "users “0”"),
        ("A,a.example,home,a.example,²,", "users “²”"),
        ("A,a.example,advocacy,a.smarpshare.com,3,", "groups is empty"),
        ("A,a.example", "product “”"),
    ],
)
def test_names_the_row_and_the_fault(tmp_path, row, said):
    path = tmp_path / "c.csv"
    path.write_text(f"{HEAD}Good,good.example,home,good.example,1,\n{row}\n")
    with pytest.raises(customers.BadFile, match="row 3: ") as raised:
        customers.read(path)
    assert said in str(raised.value)


def test_refuses_the_same_customer_twice(tmp_path):
    path = tmp_path / "c.csv"
    path.write_text(HEAD + "A,a.example,home,a.example,3,\n" * 2)
    with pytest.raises(customers.BadFile, match=r"row 3: domain “a\.example” is in row 2 already"):
        customers.read(path)


@pytest.mark.parametrize("text", ["", HEAD, "name,domain\nA,a.example\n"])
def test_says_how_the_first_line_must_be(tmp_path, text):
    path = tmp_path / "c.csv"
    path.write_text(text)
    with pytest.raises(customers.BadFile, match="name,domain,product,host,users,groups"):
        customers.read(path)


def test_says_that_a_file_is_not_there(tmp_path):
    with pytest.raises(customers.BadFile, match="cannot be read"):
        customers.read(tmp_path / "none.csv")
