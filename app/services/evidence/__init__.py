"""Photographs and signatures: taken in sealed, kept encrypted, looked at by name, erased with the person."""
