"""For the pairs of `builds_on`: wrong callees, wrong callers, and callers that misuse answers."""

from typing import NamedTuple

from autograder import course


class Pair(NamedTuple):
    """A function and another one that it builds on."""

    exercise: str
    caller: str
    callee: str


PAIRS = [
    Pair(step.name, caller, callee)
    for step in course.steps()
    for caller, callees in step.builds_on.items()
    for callee in callees
]


def all_but(exercise: str, *functions: str) -> dict[str, float]:
    """Return the full points of an exercise's functions, none for some of them."""
    return {**course.step(exercise).points, **dict.fromkeys(functions, 0)}


# Each fails its own checks, and makes the reference's caller fail.
WRONG_CALLEES = {
    "encode": """
def encode(raw_ids, mapping):
    return np.zeros(len(raw_ids), dtype="int32")
""",
    "top_n": """
def top_n(scores, seen, n=10):
    left = [item for item in range(len(scores)) if item not in seen]
    return np.array(sorted(left, key=lambda item: scores[item])[:n], dtype=int)
""",
    "precision_at_k": """
def precision_at_k(recommended, relevant, k):
    return 0.3
""",
    "recall_at_k": """
def recall_at_k(recommended, relevant, k):
    return 0.3
""",
    "ndcg_at_k": """
def ndcg_at_k(recommended, relevant, k):
    return 0.3
""",
}

# Each calls what it builds on, and is wrong by itself.
WRONG_CALLERS = {
    "make_xy": """
def make_xy(ratings, user_map, item_map):
    users = encode(ratings["userId"], user_map)
    items = encode(ratings["movieId"], item_map)
    return [items.reshape(-1, 1), users.reshape(-1, 1)], ratings["rating"].to_numpy("float32")
""",
    "recommend": """
def recommend(model, raw_user_id, user_map, item_classes, seen, movies, n=10):
    user = user_map[raw_user_id]
    items = np.arange(len(item_classes)).reshape(-1, 1)
    scores = model.predict([np.full_like(items, user), items], verbose=0).reshape(-1)
    best = top_n(scores, set(), n)
    films = np.asarray(item_classes)[best]
    titles = movies.set_index("movieId")["title"]
    return pd.DataFrame({"movieId": films, "title": titles.loc[films], "score": scores[best]})
""",
    "evaluate_ranking": """
def evaluate_ranking(recommended, relevant, k):
    metrics = {"precision": precision_at_k, "recall": recall_at_k, "ndcg": ndcg_at_k}
    return {
        name: sum(metric(recommended[user], relevant[user], k) for user in recommended)
        for name, metric in metrics.items()
    }
""",
}

# Each hands the work of the caller to what it builds on.
SHORTCUTS = {
    "make_xy": """
def make_xy(ratings, user_map, item_map):
    return encode(ratings["userId"], user_map)
""",
    "recommend": """
def recommend(model, raw_user_id, user_map, item_classes, seen, movies, n=10):
    return top_n(np.arange(len(item_classes)), seen.get(raw_user_id, set()), n)
""",
    "evaluate_ranking": """
def evaluate_ranking(recommended, relevant, k):
    user = next(iter(relevant))
    both = precision_at_k(recommended[user], relevant[user], k)
    other = recall_at_k(recommended[user], relevant[user], k)
    return {
        "precision": both, "recall": other, "ndcg": ndcg_at_k(recommended[user], relevant[user], k)
    }
""",
}
