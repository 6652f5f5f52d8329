"""The code sets for schools and pupils: code to label, in the order a form shows them. Pure tables.

The code is what is stored and exported; the label is what a person reads. Forms and models take
`.items()`. Sources: DfE common basic data set (May 2026), school census guide and GIAS.
"""

from typing import Final

SCHOOL_STATUS: Final = {"open": "Open", "closed": "Closed"}

# School census phase; blank for post-16.
PHASE: Final = {
    "NS": "Nursery",
    "PS": "Primary",
    "MP": "Middle deemed primary",
    "MS": "Middle deemed secondary",
    "SS": "Secondary",
    "AT": "All-through",
    "SP": "Special",
    "PR": "Pupil referral unit or alternative provision",
}

# Statistics group phases (STAT-20); all-through schools go with secondary, as in DfE's own lists.
STATISTICAL_PHASE: Final = {
    "primary": "Primary",
    "secondary": "Secondary",
    "special": "Special",
    "alternative": "Alternative provision",
    "nursery": "Nursery",
    "": "Post-16",
}
STATISTICAL_PHASE_OF: Final = {
    "NS": "nursery",
    "PS": "primary",
    "MP": "primary",
    "MS": "secondary",
    "SS": "secondary",
    "AT": "secondary",
    "SP": "special",
    "PR": "alternative",
    "": "",
}

# GIAS establishment type.
SCHOOL_TYPE: Final = {
    "1": "Community school",
    "2": "Voluntary aided school",
    "3": "Voluntary controlled school",
    "5": "Foundation school",
    "6": "City technology college",
    "7": "Community special school",
    "8": "Non-maintained special school",
    "10": "Other independent special school",
    "11": "Other independent school",
    "12": "Foundation special school",
    "14": "Pupil referral unit",
    "15": "Local authority nursery school",
    "18": "Further education",
    "24": "Secure unit",
    "25": "Offshore school",
    "26": "Service children's education",
    "27": "Miscellaneous",
    "28": "Academy sponsor led",
    "30": "Welsh establishment",
    "31": "Sixth form centre",
    "32": "Special post-16 institution",
    "33": "Academy special sponsor led",
    "34": "Academy converter",
    "35": "Free school",
    "36": "Free school special",
    "38": "Free school alternative provision",
    "39": "Free school 16 to 19",
    "40": "University technical college",
    "41": "Studio school",
    "42": "Academy alternative provision converter",
    "43": "Academy alternative provision sponsor led",
    "44": "Academy special converter",
    "45": "Academy 16 to 19 converter",
    "46": "Academy 16 to 19 sponsor led",
    "56": "Other government department",
    "57": "Academy secure 16 to 19",
}

# Establishments that no public body maintains or funds as a school of England. A non-maintained
# special school is counted with the state-funded ones, as the published statistics do.
NOT_STATE_FUNDED: Final = frozenset({"10", "11", "25", "30"})

LOCAL_AUTHORITY: Final = {
    "805": "Hartlepool",
    "806": "Middlesbrough",
    "807": "Redcar and Cleveland",
    "808": "Stockton-on-Tees",
    "841": "Darlington",
}

#: The same by the code of the Office for National Statistics.
LOCAL_AUTHORITY_ONS: Final = {
    "805": "E06000001",
    "806": "E06000002",
    "807": "E06000003",
    "808": "E06000004",
    "841": "E06000005",
}

SEX: Final = {"F": "Female", "M": "Male"}

SEN_PROVISION: Final = {
    "N": "No special educational need",
    "K": "SEN support",
    "E": "Education, health and care plan",
    "S": "Statement (before 2018)",
    "A": "School action (before 2014)",
    "P": "School action plus (before 2014)",
}

# Any special educational need: support at school or a plan, today's kinds and those before.
ANY_SEN: Final = ("K", "E", "S", "A", "P")

# First language, as statistics divide it (known or believed English; the department's codes).
ENGLISH: Final = frozenset({"ENG", "ENB"})
#: Not known, or the family did not say.
NO_LANGUAGE: Final = frozenset({"", "REF", "NOT", "ZZZ"})
LANGUAGE_GROUP: Final = {"english": "English", "other": "Other than English"}

# The portal's own set, least to most intensive support; PLAC stands beside that ladder.
SOCIAL_CARE: Final = {
    "NONE": "None known",
    "EH": "Early help or family help plan",
    "CIN": "Child in need plan",
    "CP": "Child protection plan",
    "CLA": "Looked after",
    "PLAC": "Previously looked after",
}

ENROLMENT_STATUS: Final = {
    "C": "Current, single registration",
    "M": "Main school of two",
    "S": "Subsidiary school of two",
    "G": "Guest, not registered here",
}
# A child has at most one of these open at a time; S and G have a main school elsewhere.
MAIN_ENROLMENT_STATUSES: Final = frozenset({"C", "M"})

ETHNICITY: Final = {
    "WBRI": "White British",
    "WIRI": "Irish",
    "WIRT": "Traveller of Irish heritage",
    "WROM": "Gypsy or Roma",
    "WOTH": "Any other White background",
    "MWBC": "White and Black Caribbean",
    "MWBA": "White and Black African",
    "MWAS": "White and Asian",
    "MOTH": "Any other Mixed background",
    "AIND": "Indian",
    "APKN": "Pakistani",
    "ABAN": "Bangladeshi",
    "CHNE": "Chinese",
    "AOTH": "Any other Asian background",
    "BCRB": "Caribbean",
    "BAFR": "African",
    "BOTH": "Any other Black background",
    "OOTH": "Any other ethnic group",
    "REFU": "Refused",
    "NOBT": "Not yet obtained",
}
# Extended codes that authorities may send, and the main code each belongs to.
ETHNICITY_EXTENDED: Final = {"WCOR": "WBRI", "WENG": "WBRI", "WROG": "WROM", "WROR": "WROM"}
UNCLASSIFIED: Final = "Unclassified"
ETHNIC_GROUP_OF: Final = {
    "WBRI": "White",
    "WIRI": "White",
    "WIRT": "White",
    "WROM": "White",
    "WOTH": "White",
    "MWBC": "Mixed",
    "MWBA": "Mixed",
    "MWAS": "Mixed",
    "MOTH": "Mixed",
    "AIND": "Asian",
    "APKN": "Asian",
    "ABAN": "Asian",
    "CHNE": "Asian",
    "AOTH": "Asian",
    "BCRB": "Black",
    "BAFR": "Black",
    "BOTH": "Black",
    "OOTH": "Any other",
    "REFU": UNCLASSIFIED,
    "NOBT": UNCLASSIFIED,
}

# National curriculum year group, youngest first; X stands outside the order and comes last.
YEAR_GROUP: Final = {
    "E1": "Early years 1",
    "E2": "Early years 2",
    "N1": "Nursery 1",
    "N2": "Nursery 2",
    "R": "Reception",
    **{str(year): f"Year {year}" for year in range(1, 15)},
    "X": "Not following year groups",
}
YEAR_GROUP_ORDER: Final = {code: place for place, code in enumerate(YEAR_GROUP)}
# Key stages of the national curriculum, and the year groups of each.
KEY_STAGE: Final = {
    "EYFS": ("Early years", ("E1", "E2", "N1", "N2", "R")),
    "KS1": ("Key stage 1", ("1", "2")),
    "KS2": ("Key stage 2", ("3", "4", "5", "6")),
    "KS3": ("Key stage 3", ("7", "8", "9")),
    "KS4": ("Key stage 4", ("10", "11")),
    "KS5": ("Sixth form", ("12", "13", "14")),
}
# Usual age on 31 August at the start of the year. A child may be outside the usual year.
USUAL_AGE: Final = {"R": 4, **{str(year): year + 4 for year in range(1, 15)}}


def year_group_label(code: str) -> str:
    """'Year 7'; a code that the set lacks as it came, nothing where it is unknown."""
    return YEAR_GROUP.get(code, code)


def main_ethnicity(code: str) -> str:
    """The main code of an extended one; any other code as it is."""
    return ETHNICITY_EXTENDED.get(code, code)


def ethnic_group(code: str) -> str:
    """The major group that statistics use; 'Unclassified' for unknown or refused."""
    return ETHNIC_GROUP_OF.get(main_ethnicity(code), UNCLASSIFIED)
