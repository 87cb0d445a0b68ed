"""Invent film titles that sound like their genres."""

from collections import Counter
from dataclasses import dataclass

import numpy as np


@dataclass(frozen=True)
class Vocabulary:
    """The words of one genre.

    Attributes:
        adjectives: Words that stand before a noun.
        nouns: The nouns.
        phrases: Phrases that follow a noun.
    """

    adjectives: tuple[str, ...]
    nouns: tuple[str, ...]
    phrases: tuple[str, ...]


def _vocabulary(adjectives: str, nouns: str, phrases: str) -> Vocabulary:
    return Vocabulary(*(tuple(text.split(", ")) for text in (adjectives, nouns, phrases)))


VOCABULARIES = {
    "Action": _vocabulary(
        "Armoured, Bulletproof, Explosive, Full-Throttle, Reckless, Scorching, "
        "Unstoppable, Volcanic",
        "Ambush, Battalion, Commando, Convoy, Detonator, Extraction, Firefight, Overpass",
        "at Redline, at Zero Hour, in the Kill Zone, on Pier Thirty, over Kestrel Dam, under Fire",
    ),
    "Adventure": _vocabulary(
        "Boundless, Daring, Intrepid, Seafaring, Stormbound, Uncharted, Wandering, Windswept",
        "Caravan, Compass, Expedition, Galleon, Lagoon, Mapmaker, Summit, Voyage",
        "across the Amber Desert, beyond Cape Merrow, of the Seven Reefs, to Tamarok Peak, "
        "to the Jade Delta, up the Orsini River",
    ),
    "Animation": _vocabulary(
        "Bouncing, Clockwork, Fluffy, Giggling, Marzipan, Polka-Dot, Tiny, Wobbly",
        "Badger, Dumpling, Hedgehog, Mitten, Penguin, Pumpkin, Robot, Teapot",
        "and Friends, and the Missing Button, and the Snow Parade, in Pillow Town, "
        "on the Roof, Who Learned to Whistle",
    ),
    "Comedy": _vocabulary(
        "Awkward, Clumsy, Disastrous, Embarrassing, Hopeless, Overdressed, "
        "Slightly Used, Unplanned",
        "Best Man, Brother-in-Law, Dentist, Dinner Party, Landlord, Reunion, "
        "Road Trip, Wedding Band",
        "from Accounting, from Next Door, in Flip-Flops, on a Budget, "
        "with No Refund, without Trousers",
    ),
    "Crime": _vocabulary(
        "Bent, Counterfeit, Crooked, Gunmetal, Ruthless, Smuggled, Stolen, Underworld",
        "Alibi, Bookkeeper, Fence, Getaway, Informer, Ledger, Racket, Safecracker",
        "at the Docks, for the Syndicate, in Unmarked Bills, of Canal Street, "
        "on Parole, on the Take",
    ),
    "Documentary": _vocabulary(
        "Disappearing, Everyday, Forgotten, Measured, Migrating, Unfiltered, Unreported, Vanishing",
        "Archive, Beekeepers, Census, Glacier, Harvest, Orchestra, Railway, Watershed",
        "in Black and White, at the Edge of the Map, in Eight Interviews, in Our Own Words, "
        "Seen from Above, Through Four Seasons",
    ),
    "Drama": _vocabulary(
        "Borrowed, Broken, Fading, Inherited, Quiet, Tender, Unfinished, Unspoken",
        "Daughters, Farewell, Harbour, Kitchen, Letters, Orchard, Piano, Winter",
        "after the Funeral, before the Thaw, in Grey, of a Small Town, "
        "of My Father, of the Tannery",
    ),
    "Fantasy": _vocabulary(
        "Ensorcelled, Everlasting, Gilded, Moonlit, Runebound, Silverleaf, Spellbound, Thorned",
        "Crown, Dragon, Griffin, Kingdom, Oracle, Sorcerer, Talisman, Wyvern",
        "of Aldermere, of the Elder Wood, of the Glass Isles, of the Ninth Gate, of Thornvale, "
        "of Wintermoor",
    ),
    "Horror": _vocabulary(
        "Bloodless, Crawling, Cursed, Festering, Howling, Rotting, Screaming, Undying",
        "Cellar, Coffin, Crypt, Graveyard, Morgue, Nursery, Scarecrow, Gargoyle",
        "at Marrow Hill, beneath the Floorboards, of Blackwick Hall, That Breathes, "
        "under the Stairs, with No Face",
    ),
    "Musical": _vocabulary(
        "Dancing, Dazzling, Jubilant, Lyrical, Singing, Swinging, Syncopated, Twirling",
        "Ballroom, Chorus, Encore, Footlights, Melody, Overture, Serenade, Vaudeville",
        "in Waltz Time, in Top Hats, of the Alhambra, on Opening Night, on Tour, with Strings",
    ),
    "Romance": _vocabulary(
        "Beloved, Blushing, Devoted, Heartfelt, Lovestruck, Smitten, Springtime, Starlit",
        "Bouquet, Courtship, Embrace, Honeymoon, Kiss, Proposal, Sweetheart, Valentine",
        "at Lake Amarell, for Two, in Lisbon, in the Rain, of a Lifetime, under the Linden Trees",
    ),
    "Sci-Fi": _vocabulary(
        "Cryogenic, Interstellar, Magnetic, Orbital, Quantum, Subatomic, Synthetic, Weightless",
        "Android, Colony, Hologram, Mainframe, Nebula, Probe, Satellite, Starship",
        "beyond Saturn, from Cassadine IX, of Tomorrow, on Europa, out of Phase, "
        "outside the Spiral Arm",
    ),
    "Thriller": _vocabulary(
        "Anonymous, Deadly, Encrypted, Hunted, Poisoned, Sleepless, Vengeful, Wiretapped",
        "Accomplice, Blackout, Dossier, Hostage, Impostor, Motive, Passenger, Suspect",
        "at Midnight, in Cabin Nine, in the Mirror, on Platform Two, Who Knew, without a Trace",
    ),
    "Western": _vocabulary(
        "Bowlegged, Dusty, Lonesome, Outlawed, Rawhide, Sagebrush, Saddle-Worn, Sunburnt",
        "Cattleman, Deputy, Drifter, Gunslinger, Homestead, Mustang, Stagecoach, Wrangler",
        "at Coyote Bend, at High Mesa, from Bitter Creek, of Dry Gulch, out of Laramie County, "
        "to Sidewinder Pass",
    ),
}

_NO_GENRE = _vocabulary(
    "Blank, Nameless, Plain, Spare, Undated, Untitled",
    "Fragment, Fixture, Interval, Portion, Reel, Sketch",
    "in Brown, in Five Parts, No Longer Here, of No Importance, with Sound",
)


def invent_titles(rng: np.random.Generator, genres: list[list[str]]) -> list[str]:
    """Return a title for each film, in words of the film's genres; no two titles are equal.

    The main genre gives the noun and the phrase, the last genre the adjective. A title drawn again
    becomes "Part 2", "Part 3" and so on, so films should come in the order of their release.

    Args:
        rng: The source of randomness.
        genres: The genres of each film, the main genre first; a film may have no genre.
    """
    drawn: Counter[str] = Counter()
    titles = []
    for film_genres in genres:
        title = _invent_title(rng, film_genres)
        drawn[title] += 1
        part = drawn[title]
        titles.append(title if part == 1 else f"{title}, Part {part}")
    return titles


def _invent_title(rng: np.random.Generator, genres: list[str]) -> str:
    main = VOCABULARIES[genres[0]] if genres else _NO_GENRE
    second = VOCABULARIES[genres[-1]] if genres else _NO_GENRE
    noun = _pick(rng, main.nouns)
    pattern = rng.integers(3)
    if pattern == 0:
        return f"The {_pick(rng, second.adjectives)} {noun}"
    if pattern == 1:
        return f"The {noun} {_pick(rng, main.phrases)}"
    return f"{_pick(rng, second.adjectives)} {noun} {_pick(rng, main.phrases)}"


def _pick(rng: np.random.Generator, words: tuple[str, ...]) -> str:
    return words[rng.integers(len(words))]
