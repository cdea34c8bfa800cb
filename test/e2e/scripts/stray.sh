# Starts a process in a session of its own, which notes its id and goes on while the note is
# there. The script itself ends when `leave` is there.
setsid sh -c 'echo $$ > stray.pid; while [ -f stray.pid ]; do sleep 0.05; done' >/dev/null 2>&1 &
while [ ! -f leave ]; do sleep 0.05; done
