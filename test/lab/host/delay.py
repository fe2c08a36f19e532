#!/usr/bin/python3
"""Two ports of a switch as one long cable: delay.py ONE OTHER MS hands on every frame so many milliseconds later."""
import collections
import select
import socket
import sys
import time

ETH_P_ALL = 3
SOL_PACKET, PACKET_VNET_HDR, PACKET_OUTGOING = 263, 15, 4


def port(name):
    sock = socket.socket(socket.AF_PACKET, socket.SOCK_RAW, socket.htons(ETH_P_ALL))
    # What the sender left for hardware to do, checksums and cutting up, goes along with the frame.
    sock.setsockopt(SOL_PACKET, PACKET_VNET_HDR, 1)
    sock.bind((name, 0))
    return sock


one, other, delay = port(sys.argv[1]), port(sys.argv[2]), int(sys.argv[3]) / 1000
toward = {one: other, other: one}
# All wait equally long: who comes first leaves first.
waiting = collections.deque()
while True:
    wait = max(0, waiting[0][0] - time.monotonic()) if waiting else None
    for sock in select.select([one, other], [], [], wait)[0]:
        frame, address = sock.recvfrom(1 << 17)
        if address[2] != PACKET_OUTGOING:
            waiting.append((time.monotonic() + delay, toward[sock], frame))
    while waiting and waiting[0][0] <= time.monotonic():
        _, sock, frame = waiting.popleft()
        try:
            sock.send(frame)
        except OSError:
            pass  # The port is down: a cable would lose it as well.
