"""Keeping the best of very many scores; compiled when it is imported."""

from __future__ import annotations

from typing import Any

from linernotes.features.compile import compiled


@compiled("void(float32[:, ::1], int64, float32[:, ::1], int32[:, ::1])", relaxed=False)
def keep_best(block: Any, offset: Any, scores: Any, indices: Any) -> None:
    """Take a block's scores into the best so far of each row, heaps with the least on top.

    Parameters
    ----------
    block
        float32, shape (rows, n).
    offset
        Number of the block's first column.
    scores, indices
        float32 and int32, shape (rows, count): changed in place; -inf to begin with.
    """
    rows, wide = block.shape
    count = scores.shape[1]
    for row in range(rows):
        least = scores[row, 0]
        for column in range(wide):
            score = block[row, column]
            if score <= least:
                continue
            place = 0
            while True:
                child = 2 * place + 1
                if child >= count:
                    break
                if child + 1 < count and scores[row, child + 1] < scores[row, child]:
                    child += 1
                if scores[row, child] >= score:
                    break
                scores[row, place] = scores[row, child]
                indices[row, place] = indices[row, child]
                place = child
            scores[row, place] = score
            indices[row, place] = offset + column
            least = scores[row, 0]
