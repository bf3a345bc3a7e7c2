"""One verb a function: lock, check, change, promise. The folders are nouns; which may call which is a contract.

**Order of locks.** Whoever holds several rows of these takes them in this order, rows of one kind by ascending id, so that no
two ever wait for each other: device or bag → errands (`booking.errands.lock…`, `hold_of`, `booking.pickups.hold`)
→ parcels (`custody.chains.lock…`) → dossiers → transfers → orders at the carrier. The errand is the household's door: an act
that may reach its errand (an arrival that schedules a delivery, a message, an order) holds it first, even if it begins with an
envelope. Whoever settles claims, or answers an invitation to sign, holds these first. What a carrier tells or answers holds the
dossier's errands before its order.

docs/architecture.md, "Order of locks", names the functions that lock.
"""
