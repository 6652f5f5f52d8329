"""What makes school hard for the children of the demo, and what helps: all of it invented. Pure."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final


@dataclass(frozen=True)
class Theme:
    """One believable story: a barrier, both views, what is offered and what everyone will do.

    `step`: the first small step; `helped`: what was found to help when it was looked at again.
    """

    barrier: str
    concern: str
    child_says: str
    family_says: str
    strengths: str
    aim: str
    goal: str
    measure: str
    offer: str
    adjustment: str
    school_does: str
    team_does: str
    family_does: str
    child_tries: str
    step: str
    helped: str


THEMES: Final = (
    Theme(
        barrier="transport",
        concern="Late most mornings since the bus times changed.",
        child_says="The first bus is full and I walk in late. Everyone looks at me.",
        family_says="There are two buses and the first often does not come. We leave at seven.",
        strengths="Loves maths. Gets a younger brother ready every day.",
        aim="Get there with a friend and start the day calm.",
        goal="Be in for the first lesson",
        measure="Mornings in before registration",
        offer="A seat on the school minibus for one term",
        adjustment="late_start",
        school_does="Save a seat on the minibus",
        team_does="Ask the bus company about the seven o'clock bus",
        family_does="Be at the stop by twenty past seven",
        child_tries="Sit with Sam on the minibus",
        step="to_the_gate",
        helped="The minibus. A friend saves the seat.",
    ),
    Theme(
        barrier="ebsa",
        concern="Has not managed the main building since the autumn half-term.",
        child_says="My stomach hurts on Sunday nights. The corridor is too loud.",
        family_says="Mornings end in tears. It got worse after the move to the big site.",
        strengths="Draws beautifully. Kind to animals.",
        aim="Feel safe in one room of the school again.",
        goal="Spend time in the quiet room",
        measure="Visits to the quiet room each week",
        offer="A key adult and the quiet room each morning",
        adjustment="quiet_place",
        school_does="Meet at the side door with the same adult",
        team_does="Ask the educational psychologist for a first talk",
        family_does="Drive past the school once on Sunday",
        child_tries="Bring the sketchbook to the quiet room",
        step="out_of_the_house",
        helped="The same adult at the side door, every time.",
    ),
    Theme(
        barrier="caring",
        concern="Misses mornings when a parent is unwell.",
        child_says="I make breakfast and check on Mum before I go. Sometimes I stay.",
        family_says="My illness is worse in winter and she will not leave me alone.",
        strengths="Organised and brave. Wants to be a nurse.",
        aim="Go to school knowing somebody looks in on Mum.",
        goal="Be in on the mornings after a hard night",
        measure="Full days each week",
        offer="Young carers' group on Wednesdays",
        adjustment="homework",
        school_does="A pass to ring home at break",
        team_does="Ask adult services for a morning visit",
        family_does="Ring the school on a hard night",
        child_tries="Go to the young carers' group",
        step="a_club",
        helped="A neighbour looks in at nine. Ringing home at break.",
    ),
    Theme(
        barrier="bullying",
        concern="Stopped coming on days with PE.",
        child_says="They hide my things after PE. I do not want to say who.",
        family_says="He used to love football. Now he is quiet and stays in his room.",
        strengths="A good goalkeeper. Funny with people he knows.",
        aim="Feel safe in the changing rooms.",
        goal="Come on PE days",
        measure="PE days in school",
        offer="A safe place at break and a named adult",
        adjustment="buddy",
        school_does="Change the group for PE and watch the corridor",
        team_does="Meet the school again about what has changed",
        family_does="Say when something happens, the same day",
        child_tries="Walk in with Reece on Tuesdays",
        step="one_lesson",
        helped="Another PE group. One adult who asks each week.",
    ),
    Theme(
        barrier="send_unmet",
        concern="Leaves lessons and then does not come the next day.",
        child_says="I cannot follow the board and then I get told off.",
        family_says="We have asked about dyslexia since last year.",
        strengths="Builds anything. Remembers every story told aloud.",
        aim="Follow lessons without feeling silly.",
        goal="Stay for the whole of English",
        measure="English lessons stayed in each week",
        offer="Reading support three times a week",
        adjustment="learning",
        school_does="Notes on coloured paper before each lesson",
        team_does="Ask the SEND team when the assessment is",
        family_does="Read together for ten minutes at bedtime",
        child_tries="Put a card on the desk when it is too fast",
        step="one_lesson",
        helped="Notes before the lesson. The card on the desk.",
    ),
    Theme(
        barrier="sleep",
        concern="Arrives after the register closes, three days a week.",
        child_says="I play online until late because that is when my friends are on.",
        family_says="I work nights and nobody is here to say stop.",
        strengths="Quick with computers. Always polite.",
        aim="Wake up rested.",
        goal="Up by seven on school days",
        measure="Days in before nine",
        offer="Breakfast club, with a lift",
        adjustment="greeted",
        school_does="A place at breakfast club",
        team_does="Share ideas about sleep with the family",
        family_does="Phones in the kitchen at ten",
        child_tries="Stop the game at ten on school nights",
        step="half_a_day",
        helped="Breakfast club. Friends agreed to stop at ten too.",
    ),
    Theme(
        barrier="poverty",
        concern="Away on days without a clean uniform.",
        child_says="I only have one shirt and people notice.",
        family_says="The washing machine broke before Christmas. Money is short.",
        strengths="Proud of her work. Helps in the library.",
        aim="Have what is needed, with nobody noticing.",
        goal="Be in every Monday",
        measure="Mondays in school",
        offer="Uniform and a grant for a washing machine",
        adjustment="uniform",
        school_does="Two shirts from the school shop, given quietly",
        team_does="Ask the hardship fund for a washing machine",
        family_does="Fill in the form with us on Thursday",
        child_tries="Help in the library on Mondays",
        step="a_quiet_room",
        helped="Two more shirts. Nobody made a fuss.",
    ),
    Theme(
        barrier="dental",
        concern="Single days away with toothache, nine since September.",
        child_says="My tooth hurts and I cannot sleep.",
        family_says="No dentist near here has places. We were told to wait.",
        strengths="Cheerful. Loves the choir.",
        aim="Be without pain.",
        goal="No days away with toothache",
        measure="Days away each month",
        offer="A place at the community dental clinic",
        adjustment="time_out",
        school_does="Let us know on the day it hurts",
        team_does="Ring the clinic for a date",
        family_does="Take the place at the clinic",
        child_tries="Tell Miss Ward when it hurts",
        step="half_a_day",
        helped="The clinic saw her within two weeks.",
    ),
)
