"""What we promise the outside: messages a link sends in order, events of subscribers, orders at the carrier."""
