"""What Microsoft's reference says of each function: an expression, a person, and what comes of it.

https://learn.microsoft.com/entra/identity/app-provisioning/functions-for-customizing-application-data
"""

from __future__ import annotations

from typing import Any

Row = tuple[str, dict[str, Any], Any]
HIRED = {"StatusHireDate": "2012-03-16-07:00"}
LATER = "8/25/2021 5:41:18 PM"
PHONE = r'"\\+(?<isdCode>\\d* )(?<phoneNumber>\\d{10})"'
ZONES = 'Switch([state], "Australia/Sydney", "NSW", "Australia/Sydney","QLD", "Australia/Brisbane", "SA", "Adelaide")'
PREFIX = 'IgnoreFlowIfNullOrEmpty(Switch([prefix], "", "3443", "Dr.", "3444", "Prof.", "3445", "Prof. Dr."))'
FLAG = 'Switch([statusFlag], "Default Value", "true", "1", "", "0")'
LOWER_FLAG = 'Switch(ToLower([statusFlag]), "0", "true", "1", "false", "0")'
COMPANY = 'IIF([companyName] = "Company A", "A", IIF([companyName] = "Company B", "B", "External"))'
BOTH = 'IIF([country]="USA",IIF([state]="CA","True","False"),"False")'
EITHER = 'IIF([country]="USA","True",IIF([state]="CA","True","False"))'
LOGIN = 'ToLower(Join("@", NormalizeDiacritics(StripSpaces(Join(".",  [First], [Last]))), "contoso.com"))'
ACTIVE = 'Switch([Active], , "1", IIF(DateDiff("d", [today], CDate([hired])) > 5, "False", "True"), "0", "False")'

TEXTS: list[Row] = [
    ('Append([userPrincipalName], ".test")', {"userPrincipalName": "a@b.example"}, "a@b.example.test"),
    ('ConvertToBase64("Hello world!")', {}, "SABlAGwAbABvACAAdwBvAHIAbABkACEA"),
    ('ConvertToUTF8Hex("Hello world!")', {}, "48656C6C6F20776F726C6421"),
    ("CStr([dn])", {"dn": "cn=Joe,dc=contoso,dc=com"}, "cn=Joe,dc=contoso,dc=com"),
    ('InStr("repEated","e",3,vbBinaryCompare)', {}, 7),
    ('InStr("The quick brown fox","quick")', {}, 5),
    ("IsString([department])", {"department": "Sales"}, True),
    ('Join(", ", "", [surname], [givenName])', {"givenName": "John", "surname": "Doe"}, "Doe, John"),
    ('Join(";", [proxyAddresses], "c")', {"proxyAddresses": ["a", "b"]}, "a;b;c"),
    ('Left("John Doe", 3)', {}, "Joh"),
    ('Left("John Doe", 0)', {}, ""),
    ('Left("John Doe", -1)', {}, "John Doe"),
    ('Left("John Doe", 80)', {}, "John Doe"),
    ("Left([surname], 3)", {"surname": None}, ""),
    ("Append(Mid([givenName], 1, 3), Mid([surname], 1, 5))", {"givenName": "John", "surname": "Doe"}, "JohDoe"),
    ("NormalizeDiacritics([givenName])", {"givenName": "Zo\u00eb"}, "Zoe"),
    ("PCase([firstName])", {"firstName": "PABLO GONSALVES (SECOND)"}, "Pablo Gonsalves (Second)"),
    ('PCase([lastName]," \'-")', {"lastName": "PINTO-DE'SILVA"}, "Pinto-De'Silva"),
    ('PCase(Join(" ",[firstName],[lastName]))', {"firstName": "GREGORY", "lastName": "JAMES"}, "Gregory James"),
    ('PCase("\u00dfEN")', {}, "\u00dfen"),
    ("Redact([userPrincipalName])", {"userPrincipalName": "a@b.example"}, "a@b.example"),
    ("StripSpaces([displayName])", {"displayName": " An na "}, "Anna"),
    (LOGIN, {"First": "John", "Last": "Smith"}, "john.smith@contoso.com"),
    ("ToUpper([city])", {"city": "Bonn"}, "BONN"),
    ('ToLower([userPrincipalName], "")', {"userPrincipalName": "A@B.example"}, "a@b.example"),
    ('Word("The quick brown fox",3," ")', {}, "brown"),
    ('Word("This,string!has&many separators",3,",!&#")', {}, "has"),
    ('Word("one two", 0, " ")', {}, ""),
    ('Word("one two", 3, " ")', {}, ""),
    ('Word([displayName], 1, " ")', {"displayName": None}, ""),
]
REPLACED: list[Row] = [
    ('Replace([mail], "@contoso.com", , ,"", ,)', {"mail": "john.doe@contoso.com"}, "john.doe"),
    ('Replace([t],"Product Developer", , , "Software Engineer", , )', {"t": "Product Developer"}, "Software Engineer"),
    ('Replace([u],"<username>", , , , , "<username>@contoso.com")', {"u": "jsmith"}, "jsmith@contoso.com"),
    (f'Replace([t], , {PHONE}, , "${{phoneNumber}}", , )', {"t": "+91 9998887777"}, "9998887777"),
    # The reference shows this one without the plus, which its own pattern does not match
    (r'Replace([mobile], , "[()\\s-]+", , "", , )', {"mobile": "+1 (999) 888-7777"}, "+19998887777"),
    (r'Replace([a], ,"(?<n>^\\d*)","n", "888", , )', {"a": "545 Tremont Street"}, "888 Tremont Street"),
    ('Replace([u], , "(?<Suffix>@(.)*)", "Suffix", "", , )', {"u": "jsmith@contoso.com"}, "jsmith"),
    (f'Replace([t], , {PHONE}, "phoneNumber" , , [m], )', {"t": "", "m": "+91 8887779999"}, "8887779999"),
    (f'Replace([t], , {PHONE}, "phoneNumber" , , [m], )', {"t": "12", "m": "+91 8887779999"}, "12"),
    ('Join("", 1000, Replace(ConvertToUTF8Hex([id]), , "[a-zA-Z_]*", , "", , ))', {"id": "k1"}, "1000631"),
    ('Replace([mailNickname], , "[a-zA-Z_]*", , "", , )', {"mailNickname": "john_doe72"}, "72"),
]
CHOICES: list[Row] = [
    ("BitAnd(&HF, &HF7)", {}, 7),
    ("CBool([one] = [other])", {"one": "x", "other": "x"}, True),
    ("CBool([one] = [other])", {"one": "x", "other": "y"}, False),
    ("CBool(0)", {}, False),
    ("CBool(7)", {}, True),
    ("Coalesce([mail],[upn])", {"mail": None, "upn": "a@b.example"}, "a@b.example"),
    ("Coalesce([mail],[upn])", {"mail": "", "upn": "a@b.example"}, ""),
    ('Coalesce([mail], "none")', {"mail": None}, "none"),
    ("Coalesce([mail])", {"mail": None}, None),
    ("CBool([one] = 1)", {"one": "1"}, True),
    ("CBool([one] >= 1)", {"one": "2"}, True),
    ('IIF([country]="USA",[country],[department])', {"country": "USA", "department": "HR"}, "USA"),
    ('IIF([country]="USA",[country],[department])', {"country": "Peru", "department": "HR"}, "HR"),
    (BOTH, {"country": "USA", "state": "CA"}, "True"),
    (BOTH, {"country": "USA", "state": "TX"}, "False"),
    (EITHER, {"country": "Peru", "state": "CA"}, "True"),
    (EITHER, {"country": "Peru", "state": "TX"}, "False"),
    (COMPANY, {"companyName": "Company B"}, "B"),
    (COMPANY, {"companyName": "Another"}, "External"),
    ("IsNull([displayName])", {"displayName": None}, True),
    ("IsNull([displayName])", {"displayName": ""}, False),
    ("IsNullOrEmpty([displayName])", {"displayName": None}, True),
    ("IsNullOrEmpty([displayName])", {"displayName": ""}, True),
    ("IsNullOrEmpty([displayName])", {"displayName": "A"}, False),
    ("IsPresent([director])", {"director": "A"}, True),
    ("IsPresent([director])", {"director": ""}, False),
    ("Not([accountDisabled])", {"accountDisabled": "True"}, False),
    ("Not([accountDisabled])", {"accountDisabled": "False"}, True),
    ("Not([accountDisabled])", {"accountDisabled": None}, True),
    ("Not([accountEnabled])", {"accountEnabled": True}, False),
    (ZONES, {"state": "QLD"}, "Australia/Brisbane"),
    (ZONES, {"state": "qld"}, "Australia/Sydney"),
    (FLAG, {"statusFlag": ""}, "0"),
    (FLAG, {"statusFlag": None}, "0"),
    (FLAG, {"statusFlag": "TRUE"}, "Default Value"),
    (LOWER_FLAG, {"statusFlag": "TRUE"}, "1"),
    ('Switch([country],[country],"","Other")', {"country": None}, "Other"),
    ('Switch([country],[country],"","Other")', {"country": "Peru"}, "Peru"),
]
LISTS: list[Row] = [
    ("Count([proxyAddresses])", {"proxyAddresses": ["a", "b"]}, 2),
    ("Item([proxyAddresses], 1)", {"proxyAddresses": ["a", "b"]}, "a"),
    ("RemoveDuplicates([proxyAddresses])", {"proxyAddresses": ["a", "b", "a"]}, ("a", "b")),
    ('Split([x], ",")', {"x": "PermissionSetOne, PermissionSetTwo"}, ("PermissionSetOne", "PermissionSetTwo")),
    ("SingleAppRoleAssignment([appRoleAssignments])", {"appRoleAssignments": ["User"]}, "User"),
    ("AppRoleAssignmentsComplex([appRoleAssignments])", {"appRoleAssignments": ["User", "Admin"]}, ("User", "Admin")),
    ("AssertiveAppRoleAssignmentsComplex([appRoleAssignments])", {"appRoleAssignments": ["User"]}, ("User",)),
]


def _difference(unit: str, first: str, second: str, found: int) -> Row:
    return (f'DateDiff("{unit}", [first], CDate([second]))', {"first": first, "second": second}, found)


DATES: list[Row] = [
    ("CDate([StatusHireDate])", {"StatusHireDate": "2020-03-16-07:00"}, "3/16/2020 7:00:00 AM"),
    ('CDate("2021-06-30+08:00")', {}, "6/29/2021 4:00:00 PM"),
    ('CDate("2009-06-15T01:45:30-07:00")', {}, "6/15/2009 8:45:30 AM"),
    ('DateAdd("d", 7, CDate([StatusHireDate]))', HIRED, "3/23/2012 7:00:00 AM"),
    ('DateAdd("d", -10, CDate([StatusHireDate]))', HIRED, "3/6/2012 7:00:00 AM"),
    ('DateAdd("ww", 2, CDate([StatusHireDate]))', HIRED, "3/30/2012 7:00:00 AM"),
    ('DateAdd("m", 10, CDate([StatusHireDate]))', HIRED, "1/16/2013 7:00:00 AM"),
    ('DateAdd("yyyy", 2, CDate([StatusHireDate]))', HIRED, "3/16/2014 7:00:00 AM"),
    _difference("d", "2021-08-18+08:00", "2021-08-31+08:00", 13),
    _difference("d", LATER, "2012-03-16-07:00", -3449),
    _difference("ww", LATER, "2012-03-16-07:00", -493),
    _difference("m", LATER, "2012-03-16-07:00", -113),
    _difference("yyyy", LATER, "2012-03-16-07:00", -9),
    _difference("d", "2021-08-31+08:00", "2021-08-31+08:00", 0),
    _difference("h", "2021-08-24", "2021-08-25", 24),
    _difference("n", "2021-08-24", "2021-08-25", 1440),
    _difference("s", "2021-08-24", "2021-08-25", 86400),
    (ACTIVE, {"Active": "1", "today": "2021-08-18", "hired": "2021-08-31"}, "False"),
    (ACTIVE, {"Active": "1", "today": "2021-08-28", "hired": "2021-08-31"}, "True"),
    (ACTIVE, {"Active": "0"}, "False"),
    ("DateFromNum(129699324000000000)", {}, "1/1/2012 11:00:00 PM"),
    ('FormatDateTime([x], , "yyyyMMddHHmmss.fZ", "yyyy-MM-dd")', {"x": "20150123105347.1Z"}, "2015-01-23"),
    ('NumFromDate("2012-01-01T23:00:00Z")', {}, 129699324000000000),
    (
        'NumFromDate(Join("", FormatDateTime([end], ,"yyyy-MM-ddzzz", "yyyy-MM-dd"), " 23:59:59-08:00"))',
        {"end": "2020-12-31-08:00"},
        132539615990000000,
    ),
    (
        'FormatDateTime([end], ,"M/d/yyyy hh:mm:ss tt","yyyy-MM-dd")',
        {"end": "7/2/2021 03:33:38 PM"},
        "2021-07-02",
    ),
]
DROPPED = [
    ("IgnoreFlowIfNullOrEmpty([department])", {"department": None}),
    ("IgnoreFlowIfNullOrEmpty([department])", {"department": ""}),
    (PREFIX, {"prefix": "1"}),
]
ROWS = [*TEXTS, *REPLACED, *CHOICES, *LISTS, *DATES]
