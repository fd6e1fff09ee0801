"""Made-up people with names and places as a European company has them; seeded, so that a tenant is always the same."""

from __future__ import annotations

import random
import unicodedata
import uuid
from collections.abc import Iterator, Sequence
from typing import Any

from .wording import words

FIRST = words(
    "Eva Jonas Aino Mikko Sanne Pieter Zoë Łukasz Noémie Søren Ayşe Björn Chiara Dmitri Elif Françoise"
    " Giulia Håkan Inés João Katarína Lars Mónica Nils Olga Petra Quentin Renée Štěpán Theo Ulla Väinö"
    " Wiebke Xenia Yusuf Živa Anna Ben Clara David Emma Felix Greta Hugo Ida Jan Kaisa Leo Mia Noah Oskar"
    " Paula Rosa Samuel Tilda Viktor"
)
LAST = words(
    "Berg Müller Virtanen Korhonen de_Vries van_den_Berg Özdemir Kowalski Sørensen Lefèvre O'Brien García"
    " Rossi Nieminen Hämäläinen Schäfer Weiß Jansen Bakker Lindström Novák Horvat Petrov Silva Fernandes"
    " Yılmaz Nowak Mäkinen Laine Schmidt Fischer Weber Wagner Becker Hoffmann Koch Richter Klein Wolf"
    " Neumann Schwarz Zimmermann Braun Krüger Hartmann Lange Werner Krause Meier Lehmann Huber Kaiser"
    " Fuchs Peters Scholz Möller König"
)
TITLES = ("Engineer", "Team Lead", "Sales Manager", "Nurse", "Accountant", "Warehouse Worker", "Designer", "Buyer")
DEPARTMENTS = ("Sales", "Production", "Finance", "Human Resources", "IT", "Logistics", "Marketing")
PLACES = {
    "Germany": (
        ("Hamburg", "Hamburg"),
        ("Munich", "Bavaria"),
        ("Köln", "North Rhine-Westphalia"),
        ("Berlin", "Berlin"),
    ),
    "Finland": (("Helsinki", "Uusimaa"), ("Tampere", "Pirkanmaa"), ("Oulu", "North Ostrobothnia")),
    "Netherlands": (("Utrecht", "Utrecht"), ("Rotterdam", "South Holland"), ("Groningen", "Groningen")),
}
CODES = {"Germany": "DE", "Finland": "FI", "Netherlands": "NL"}
_LETTERS = str.maketrans({"ł": "l", "Ł": "l", "ø": "o", "Ø": "o", "ß": "ss", "ı": "i", "'": "", " ": "", "_": ""})


def plain(text: str) -> str:
    """`text` in ASCII, for addresses."""
    spread = unicodedata.normalize("NFKD", text.translate(_LETTERS))
    return "".join(letter for letter in spread if letter.isascii()).lower()


def made_up(seed: str, domain: str, countries: Sequence[str]) -> Iterator[dict[str, Any]]:
    """Attributes of a user, endlessly; user principal names never repeat."""
    draw, used = random.Random(seed), dict[str, int]()
    labels = {name: plain(name) for name in (*FIRST, *LAST)}
    while True:
        first, last = draw.choice(FIRST), draw.choice(LAST)
        local = f"{labels[first]}.{labels[last]}"
        number = used[local] = used.get(local, 0) + 1
        local = local if number == 1 else f"{local}{number}"
        country = draw.choice(countries)
        city, state = draw.choice(PLACES.get(country, (("", ""),)))
        surname = last.replace("_", " ")
        yield {
            "id": str(uuid.UUID(int=draw.getrandbits(128), version=4)),
            "userPrincipalName": f"{local}@{domain}",
            "mail": f"{local}@{domain}",
            "mailNickname": local,
            "givenName": first,
            "surname": surname,
            "displayName": f"{first} {surname}",
            "jobTitle": draw.choice(TITLES),
            "department": draw.choice(DEPARTMENTS),
            "employeeId": str(draw.randrange(10_000, 999_999)),
            "country": country,
            "city": city or None,
            "state": state or None,
            "usageLocation": CODES.get(country, "DE"),
            "preferredLanguage": "en-GB",
            "officeLocation": f"Floor {draw.randrange(1, 9)}",
            "streetAddress": f"Main Street {draw.randrange(1, 200)}",
            "postalCode": str(draw.randrange(10_000, 99_999)),
            "businessPhone": f"+49 40 {draw.randrange(100_000, 999_999)}",
        }
