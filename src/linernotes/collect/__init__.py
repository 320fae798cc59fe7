"""Public services, asked politely: previews, credits, genres, published collections.

`http` holds the manners of every request. A module for each service knows its answers, and
`matching` whether they are what is meant. `previews` finds something to hear, `producers` finds
who produced what. `producer_collection`, `genres` and `archives` collect from them;
`collection_folder` is what they write. `musicbrainz_dump` and `spotify_export` read tables.
"""
