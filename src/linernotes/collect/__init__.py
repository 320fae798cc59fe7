"""Public services, asked politely: previews, credits, genres, published collections.

`http` holds the manners of every request; a module for each service knows its answers;
`producer_collection`, `genres` and `archives` collect; `collection_folder` is what they write.
"""
