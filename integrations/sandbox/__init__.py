"""The outside systems over real HTTP, for demonstrations and drills: a program of its own, with its own state and codes.

Written from the published fields and codes, apart from `integrations.one_stop`, `integrations.postal` and
`integrations.messages`: what both got wrong in the same way would otherwise pass every test. Where the publications are
silent it is strict.
"""
