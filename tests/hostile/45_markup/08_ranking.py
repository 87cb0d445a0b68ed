# %% [markdown]
# # Puts markup, formulas and links into messages, names and output

# %%
import numpy as np

# %%
print("<script>alert(document.cookie)</script> =cmd|'/c calc'!A1")
raise ValueError("</pre><script>alert(1)</script><img src=x onerror=alert(2)> `code` $x$ {braces} %s")

# %%
def precision_at_k(recommended, relevant, k):
    return "</script><script>alert(1)</script>"

# %%
def recall_at_k(recommended, relevant, k):
    raise type("<script>alert(1)</script>", (Exception,), {})("<b>10/10</b> {0} {name} %(x)s")

# %%
def ndcg_at_k(recommended, relevant, k):
    worth = 1 / np.log2(np.arange(2, k + 2))
    hits = np.array([item in relevant for item in recommended[:k]], dtype=float)
    return float(worth[: len(hits)] @ hits / worth[: len(relevant)].sum())

# %%
def evaluate_ranking(recommended, relevant, k):
    users = [user for user in relevant if relevant[user]]
    metrics = {"precision": precision_at_k, "recall": recall_at_k, "ndcg": ndcg_at_k}
    return {
        name: float(np.mean([metric(recommended.get(u, []), relevant[u], k) for u in users]))
        for name, metric in metrics.items()
    }

# %%
def popularity_recommendations(train, seen, n=10):
    return type("<img src=x onerror=alert(3)>", (), {})()
