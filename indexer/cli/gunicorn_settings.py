"""What ``questions serve`` asks of gunicorn beyond its command line; read by gunicorn alone.

A setting that an older gunicorn lacks is skipped by it here, and refused on its command line.
"""

# No one drives this server through a socket in the user's home.
control_socket_disable = True
# What was searched for is never logged.
accesslog = None
# Ctrl-C and SIGTERM let the requests at work finish, for so many seconds at most.
graceful_timeout = 10
loglevel = "warning"
proc_name = "questions"
