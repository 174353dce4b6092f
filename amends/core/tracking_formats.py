"""The shapes of tracking numbers: the 39 formats of 18 carriers, and the posts that issue S10 numbers.

Shapes, checksums and names of posts are those of the tracking_number_data collection
(MIT, copyright 2017 Jeff Keen; the notice is in NOTICE.tracking.md). What we added is how much a
shape is trusted (`Trust`, `telling`), which `tracking.check` needs and the collection does not say.

Patterns are written for a normal number: ASCII capitals and digits, nothing between them.
"""

from __future__ import annotations

import re
from enum import StrEnum
from typing import NamedTuple


class Trust(StrEnum):
    """What it means that a number has this shape.

    `checked`: a check digit tells right from wrong. `prefixed`: no check digit, but letters where the carrier puts
    them and a fixed length, so the shape itself says something. `loose`: any fourteen digits; a shape so common that
    it proves nothing, and only keeps us from calling the number wrong.
    """

    CHECKED = "checked"
    PREFIXED = "prefixed"
    LOOSE = "loose"


class Format(NamedTuple):
    """One shape. `pattern` has the groups `serial` and `check` where the trust is `checked`.

    `lengths` are the lengths of a normal number of this shape (None: many). `telling`: although it is digits only,
    the application identifier at its head belongs to one carrier, so a wrong check digit may be called wrong.
    """

    id: str
    carrier: str
    trust: Trust
    pattern: re.Pattern[str]
    lengths: range
    checksum: str = ""
    telling: bool = False


def _format(
    id_: str,
    carrier: str,
    pattern: str,
    lengths: int | range,
    checksum: str = "",
    *,
    loose: bool = False,
    telling: bool = False,
) -> Format:
    trust = Trust.CHECKED if checksum else Trust.LOOSE if loose else Trust.PREFIXED
    spread = range(lengths, lengths + 1) if isinstance(lengths, int) else lengths
    return Format(id_, carrier, trust, re.compile(pattern, re.ASCII), spread, checksum, telling)


# A United States label may begin with 420 and the ZIP code it is routed to; ZIP+4 only before a number of 22 digits.
_ROUTED = r"(?:420\d{5}(?:\d{4}(?=\d{22}$)|(?=\d{22}$|\d{26}$)))?"

_NO_S10 = r"(?![A-Z]{2}\d{9}[A-Z]{2}$)"
_TAIL = r"(?=\D*\d)[0-9A-Z]{10,39}"

# In the order of the collection. The checksum names are those of tracking._CHECKSUMS.
FORMATS: tuple[Format, ...] = (
    _format("amazon_logistics", "Amazon", r"TB[ACM]\d{12}", 15),
    _format("amazon_international", "Amazon", r"[AFC]\d{10}", 11),
    _format("canada_post", "Canada Post", r"(?P<serial>\d{15})(?P<check>\d)", 16, "mod10_3_1"),
    _format("canpar_22", "Canpar", r"[CDKLSUXZ]\d{21}", 22),
    _format("dhl_express", "DHL", r"(?P<serial>\d{9,10})(?P<check>\d)", range(10, 12), "mod7"),
    _format("dhl_express_piece_id", "DHL", r"J[A-Z]{2,3}\d{9,10}", range(12, 15)),
    # Two letters, nine digits, two letters is an S10 number also when DHL carries it, and has S10's check digit.
    # IN and ten characters are any INVOICE too: of these heads only GM is DHL's alone, so it stands again by itself.
    _format("dhl_ecommerce", "DHL", rf"{_NO_S10}(?:GM|LX|RX|UV|CN|SG|TH|IN|HK|MY){_TAIL}", range(12, 42), loose=True),
    _format("dhl_ecommerce_gm", "DHL", rf"{_NO_S10}GM{_TAIL}", range(12, 42)),
    _format("dhl_ecommerce_14", "DHL", r"\d{14}", 14, loose=True),
    _format("dpd", "DPD", r"(?P<serial>\d{27})(?P<check>[0-9A-Z])", 28, "mod37_36"),
    _format("dpd_14", "DPD", r"(?P<serial>\d{14})(?P<check>[0-9A-Z])", 15, "mod37_36"),
    _format("fedex_12", "FedEx", r"(?P<serial>\d{11})(?P<check>\d)", 12, "weights_317"),
    _format("fedex_34", "FedEx", r"[0-8]\d{19}(?P<serial>\d{13})(?P<check>\d)", 34, "weights_173"),
    _format("fedex_astra_32", "FedEx", r"3\d{15}(?P<serial>\d{11})(?P<check>\d)\d{4}", 32, "weights_317"),
    _format("fedex_ground", "FedEx", r"(?P<serial>\d{14})(?P<check>\d)", 15, "mod10_1_3"),
    _format("fedex_ground_sscc_18", "FedEx", r"\d{2}(?P<serial>\d{15})(?P<check>\d)", 18, "mod10_3_1"),
    _format("fedex_ground_96", "FedEx", r"96\d{5}(?P<serial>\d{14})(?P<check>\d)", 22, "mod10_1_3", telling=True),
    _format("fedex_ground_gsn", "FedEx", r"96\d{18}(?P<serial>\d{13})(?P<check>\d)", 34, "weights_173", telling=True),
    _format("gofo_us", "GOFO Express", r"GFUS\d{14}", 18),
    _format("landmark_global", "Landmark Global", r"LTN\d{8}N1", 13),
    _format("lasership_lx", "LaserShip", r"L[AIEHNX][1-3]\d{7}", 10),
    _format("lasership_1ls7", "LaserShip", r"1LS7[12]\d{10}", 15),
    _format("lasership_1ls7_18", "LaserShip", r"1LS7[12]\d{2}01[1-4]\d{6}1", 17),
    _format("lasership_1lscx", "LaserShip", r"1LSCX[0-9A-Z]{10}", 15),
    _format("old_dominion", "Old Dominion", r"(?P<serial>(?:77[78]|072|780)\d{7})(?P<check>\d)", 11, "luhn"),
    _format("old_dominion_guaranteed", "Old Dominion", r"(?P<serial>80\d{8})(?P<check>\d)", 11, "luhn"),
    _format("ontrac_c", "OnTrac", r"C(?P<serial>\d{13})(?P<check>\d)", 15, "mod10_c"),
    _format("ontrac_d", "OnTrac", r"D(?P<serial>\d{13})(?P<check>\d)", 15, "mod10_d"),
    _format("purolator_numeric", "Purolator", r"(?P<serial>[0-5]\d{10})(?P<check>\d)", 12, "luhn"),
    _format("purolator_alpha", "Purolator", r"[A-Z]{3}\d{9}", 12),
    _format("s10", "post", r"[A-Z]{2}(?P<serial>\d{8})(?P<check>\d)(?P<country>[A-Z]{2})", 13, "s10"),
    _format("speedee", "Spee-Dee", r"SP\d{18}", 20),
    _format("ups", "UPS", r"1Z(?P<serial>[0-9A-Z]{15})(?P<check>\d)", 18, "mod10_1_2"),
    _format("ups_waybill", "UPS", r"[AHJKTV](?P<serial>\d{9})(?P<check>\d)", 11, "mod10_1_2"),
    _format("usps_20", "USPS", r"(?P<serial>\d{19})(?P<check>\d)", 20, "mod10_3_1"),
    _format(
        "usps_impb_n",
        "USPS",
        rf"{_ROUTED}(?P<serial>94\d{{3}}(?:9\d{{23}}|\d{{20}}|\d{{16}}))(?P<check>\d)",
        range(22, 35),
        "mod10_3_1",
        telling=True,
    ),
    _format(
        "usps_legacy",
        "USPS",
        r"(?:420\d{5}(?:\d{4})?)?(?P<serial>(?:91)?\d{19})(?P<check>\d)",
        range(20, 35),
        "mod10_91",
    ),
    _format(
        "usps_impb_c",
        "USPS",
        rf"{_ROUTED}(?P<serial>(?:92(?=\d{{3}}9)|93(?=\d{{3}}[0-8])|95)\d{{3}}(?:\d{{20}}|\d{{16}}))(?P<check>\d)",
        range(22, 35),
        "mod10_3_1",
        telling=True,
    ),
    _format("yodel", "Yodel", r"JJ?D\d{16}", range(18, 20)),
    _format("yunexpress", "YunExpress", r"YT\d{16}", 18),
)

# The posts that issue S10 numbers, by the country code at the number's end.
POSTS: dict[str, str] = {
    "AE": "Emirates Post",
    "AF": "Afghan Post",
    "AG": "Antigua Postal Services",
    "AL": "Posta Shqiptare",
    "AM": "Haypost - Armenian Postal Service",
    "AO": "Correios de Angola",
    "AR": "Correo Argentino",
    "AT": "Österreichische Post AG",
    "AU": "Australia Post",
    "AZ": "Azarpoçt",
    "BA": "JP BH POŠTA d.o.o. Sarajevo",
    "BB": "Barbados Postal Service",
    "BD": "Bangladesh Post Office",
    "BE": "bpost",
    "BF": "SONAPOST",
    "BG": "Bulgarian Posts",
    "BH": "Bahrain Post",
    "BI": "RNP – Régie nationale des postes",
    "BJ": "La Poste du Bénin",
    "BN": "Brunei Postal Services",
    "BO": "ECOBOL – Empresa de Correos de Bolivia",
    "BR": "CORREIOS",
    "BS": "Bahamas Postal Service",
    "BT": "Bhutan Post",
    "BW": "BotswanaPost",
    "BY": "Belpochta",
    "BZ": "Belize Postal Service",
    "CA": "Canada Post",
    "CD": "Congolese Posts and Telecommunications Corporation",
    "CF": "Direction des services postaux de l'Office National des Postes et de l'Épargne",
    "CG": "Congolese Posts and Savings Company",
    "CH": "La Poste Suisse",
    "CI": "La Poste de Côte d’Ivoire",
    "CL": "Correos de Chile",
    "CM": "CAMPOST – Cameroon Postal Services",
    "CN": "China Post",
    "CO": "4-72 La Red Postal de Colombia",
    "CR": "Correos de Costa Rica",
    "CU": "Ministerio de la Informática y las comunicaciones de Cuba",
    "CV": "Correios de Cabo Verde",
    "CY": "Cyprus Post",
    "CZ": "Česká Pošta",
    "DE": "Deutsche Post",
    "DJ": "La Poste de Djibouti",
    "DK": "Post Danmark",
    "DM": "General Post Office",
    "DO": "INPOSDOM – Instituto Postal Dominicano",
    "DZ": "Algérie Poste",
    "EC": "Correos del Ecuador",
    "EE": "Eesti Post",
    "EG": "Egypt Post",
    "ER": "Eritrean Postal Service",
    "ES": "Correos y Telégrafos",
    "ET": "Ethiopian postal service",
    "FI": "Posti Ltd",
    "FJ": "Post Fiji",
    "FR": "La Poste",
    "GA": "La Poste SA",
    "GB": "Royal Mail Group plc",
    "GD": "Grenada Postal Corporation",
    "GE": "Georgian Post",
    "GH": "Ghana Post",
    "GM": "Gambia Postal services Corporation",
    "GN": "Office de la poste guinéenne",
    "GQ": "Equatorial Guinea Post",
    "GR": "Hellenic Post ELTA",
    "GT": "El Correo",
    "GW": "Correios da Guiné-Bissau",
    "GY": "Guyana Post Office Corporation",
    "HK": "Hong Kong Post",
    "HN": "Honducor",
    "HR": "Hrvatska Posta - Croatian Post",
    "HT": "Office des Postes d’Haiti",
    "HU": "Magyar Posta",
    "ID": "Pos Indonesia",
    "IE": "AN Post - regulatory and International affairs Unit",
    "IL": "Israel Post",
    "IN": "India Post",
    "IQ": "Iraqi Post",
    "IR": "Islamic Republic of Iran Post Co.",
    "IS": "Íslandspóstur hf",
    "IT": "Poste Italiane",
    "JM": "Jamaica Post",
    "JO": "Jordan Post",
    "JP": "Japan Post",
    "KE": "Posta Kenya",
    "KG": "Kyrgyz Post",
    "KH": "Ministry of Posts and Telecommunications",
    "KI": "Kiribati Public Service Public",
    "KM": "Societé Nationale des Postes et des Services Financiers",
    "KN": "St. Kitts & Nevis Postal Services",
    "KP": "Korea Post and Telecommunications Corporation",
    "KR": "Korea Post",
    "KW": "Kuwait Ministry of Communications",
    "KZ": "Kazpost",
    "LA": "Entreprise des Postes Lao",
    "LB": "LibanPost",
    "LC": "Saint Lucia Postal Service",
    "LI": "Liechtensteinische Post AG",
    "LK": "Sri Lanka Post",
    "LR": "Ministry of Posts and Telecommunications",
    "LS": "Lesotho Post",
    "LT": "Lietuvos Pastas",
    "LU": "Post",
    "LV": "Latvia Post",
    "LY": "Libya Post",
    "MA": "Barid Al-Maghrib – Poste Maroc",
    "MC": "La Poste Monaco",
    "MD": "Posta Moldovei",
    "ME": "Pošta Crne Gore",
    "MG": "PAOSITRA MALAGASY",
    "MK": "Macedonian Post & Telecommunications",
    "ML": "Office national des postes",
    "MM": "Myanmar Post and Telecommunications Department",
    "MN": "Mongol Post - Монгол шуудан компани",
    "MR": "MAURIPOST – Société Mauritanienne des Postes",
    "MT": "Malta Post",
    "MU": "Mauritius Post",
    "MV": "Maldives Post",
    "MW": "Malawi Posts Corporation",
    "MX": "Correos de México",
    "MY": "Pos Malaysia",
    "MZ": "Correios de Moçambique",
    "NA": "NAM Post",
    "NE": "Niger Poste",
    "NG": "Nigerian Postal Service",
    "NI": "Correos de Nicaragua",
    "NL": "PostNL",
    "NO": "Posten",
    "NP": "Nepal Postal Services",
    "NR": "Nauru General Post Office",
    "NZ": "New Zealand Post",
    "OM": "Oman Post",
    "PA": "Correos de Panamá",
    "PE": "SERPOST – Servicios Postales del Perú",
    "PG": "Post PNG",
    "PH": "PHLPOST – Philippine Postal Corporation",
    "PK": "Pakistan Post",
    "PL": "Poczta Polska",
    "PT": "CTT - Correios",
    "PY": "Correo Paraguayo",
    "QA": "Qatar Post",
    "RO": "Posta Romana",
    "RS": 'PTT Communications "Srbija"',
    "RU": "Russian Post",
    "RW": "National Post Office (Iposita)",
    "SA": "Saudi Post",
    "SB": "Solomon Post",
    "SC": "Seychelles Postal Service",
    "SD": "Sudapost",
    "SE": "Posten Sweden Post",
    "SG": "SingPost",
    "SI": "Posta Slovenije d.o.o.",
    "SK": "Slovenská Posta",
    "SL": "Sierra Leone Postal Services",
    "SM": "Poste San Marino",
    "SN": "La Poste Senegal",
    "SO": "Somali Post",
    "SR": "SURPOST",
    "SS": "Minister of Telecommunication and Postal Services",
    "ST": "Correios de São Tomé e Príncipe",
    "SV": "Correos de El Salvador",
    "SY": "Syrian Post",
    "SZ": "Swaziland Posts & Telecommunications Corporation",
    "TD": "Société tchadienne des postes et de l'épargne",
    "TG": "La Poste du Togo",
    "TH": "Thailand Post",
    "TJ": "Tajikistan’s communications service agency",
    "TL": "Correios de Timor Leste",
    "TM": "Turkmenpost",
    "TN": "La Poste Tunisienne",
    "TO": "Tonga Post",
    "TR": "Turkey Post",
    "TT": "Trinidad and Tobago Postal Corporation",
    "TV": "Tuvalu Philatelic Bureau",
    "TZ": "Tanzania Posts Corporation",
    "UA": "Ukrposhta",
    "UG": "Posta Uganda",
    "US": "United States Postal Service",
    "UY": "Correo Uruguayo",
    "UZ": "Post of Uzbekistan",
    "VA": "Vatican post",
    "VC": "SVG Postal Corporation",
    "VE": "IPOSTEL – Instituto Postal Telegráfico de Venezuela",
    "VN": "VNPT – Vietnam Posts and Telecommunications Group",
    "VU": "Vanuatu Post",
    "WS": "Samoa Post",
    "YE": "Yemen Post",
    "ZA": "South African Post Office",
    "ZM": "Zambia Postal Services Corporation (ZAMPOST)",
    "ZW": "Zimpost – Zimbabwe Posts",
}

# Territories with an ISO 3166 code and a post of their own which the collection leaves out. Their parcels are
# everyday business (Taiwan, Macao), and a warning about each of them would teach people to overlook warnings.
POSTS |= {
    "AW": "Post Aruba",
    "AX": "Posten Åland",
    "FO": "Posta",
    "GI": "Royal Gibraltar Post Office",
    "GL": "Tusass",
    "KY": "Cayman Islands Postal Service",
    "MO": "CTT Macao",
    "NC": "OPT Nouvelle-Calédonie",
    "PF": "Fare Rata",
    "PS": "Palestine Post",
    "TW": "Chunghwa Post",
}
