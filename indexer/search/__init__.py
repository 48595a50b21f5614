"""Everything of searching that does not depend on an engine.

What is asked (``request``), how what is typed is understood (``language``), how documents are
ranked (``ranking``), what comes back (``results``), how matches are shown (``passages``), and the
protocol that an engine fulfils (``engine``).
"""
