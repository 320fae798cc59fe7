"""An OpenSubsonic server: any app that speaks Subsonic plays the library, and finds what is alike.

`router` answers addresses, `answers` spells JSON and XML from one tree, `authentication` lets apps
in, `catalog` knows the library as apps see it. `browsing`, `lists`, `searching`, `similar`,
`playlists`, `likes` and `system` hold the protocol's methods, `media` gives sound and covers
until an app has gone (`connection`), `transcoding` makes other formats in processes of their own
(`transcoder`).

The protocol is described at https://opensubsonic.netlify.app.
"""
