"""On the path of solver children only, so that Python loads ``sitecustomize`` from here."""
