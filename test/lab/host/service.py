#!/usr/bin/python3
"""Plays every daemon and one-shot of a host of the lab, with the ports, types and answers of the real ones.

  service.py serve NAME   a daemon of the table below
  service.py join NAME    a one-shot that waits for the local daemon and joins its cluster
  service.py setup NAME   the same for the first account
  service.py check        a one-shot that asks every daemon
  service.py sample NAME  tells five times a second what systemd and the daemon itself say of it

Faults are files in CTL, written from outside:
  fail-UNIT       ends with a failure at its start; what the file says is logged
  hang-UNIT       never becomes ready, or accepts and never answers
  unhealthy-UNIT  answers 503
  crash-UNIT      ends within a second; the file is consumed
  deaf-UNIT       takes no DNS query
  expired-UNIT    serves a certificate that has ended, from its next start on
"""
import http.server
import json
import os
import signal
import socket
import ssl
import struct
import subprocess
import sys
import threading
import time
import urllib.request

SCALE = float(os.environ.get("LAB_SCALE", "1"))
NODE = os.environ.get("LAB_NODE", socket.gethostname())
PEERS = dict(peer.split("=") for peer in os.environ.get("LAB_PEERS", "").split(",") if peer)
CTL = "/var/lib/lab/ctl"
PKI = "/etc/lab/pki"
MARKERS = "/var/lib/first-boot"
BEGAN = time.time()
CONSENSUS = ("chainfire", "flaredb")
FORKING = ("flashdns",)
# name: port, path, seconds until it listens
DAEMONS = {
    "chainfire": (2379, "/health", 10),
    "flaredb": (2479, "/health", 5),
    "iam": (8080, "/health", 3),
    "plasmavmc": (9090, "/health", 4),
    "novanet": (9091, "/health", 3),
    "fiberlb": (9092, "/health", 2),
    "lightningstor": (9093, "/health", 4),
    "flashdns": (853, "/health", 1),
    "k8shost": (10250, "/healthz", 5),
}


def fault(kind, unit):
    """What the file of the fault says; None without one."""
    try:
        with open(f"{CTL}/{kind}-{unit}") as file:
            return file.read().strip()
    except FileNotFoundError:
        return None


def log(priority, message):
    """The prefix becomes the priority in the journal."""
    print(f"<{priority}>{message}", flush=True)


def notify(message):
    address = os.environ.get("NOTIFY_SOCKET")
    if not address:
        return
    if address[0] == "@":
        address = "\0" + address[1:]
    with socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM) as sock:
        sock.connect(address)
        sock.sendall(message.encode())


def trusting_ca():
    return ssl.create_default_context(cafile=f"{PKI}/ca.crt")


def ask_local(name):
    port, path, _ = DAEMONS[name]
    url = f"https://127.0.0.1:{port}{path}"
    with urllib.request.urlopen(url, timeout=2, context=trusting_ca()) as answer:
        return answer.read().decode()


class Raft:
    """The first of those who answer leads, where they are more than half."""

    alive = [NODE]
    leader = None

    @classmethod
    def follow(cls):
        context = trusting_ca()
        while True:
            alive = [NODE]
            for peer, address in PEERS.items():
                if peer != NODE and cls.answers(context, address):
                    alive.append(peer)
            alive.sort()
            leader = alive[0] if len(alive) * 2 > max(1, len(PEERS)) else None
            if leader != cls.leader:
                log(5, f"raft: leader {leader} members {','.join(alive)}")
            cls.alive, cls.leader = alive, leader
            time.sleep(1)

    @staticmethod
    def answers(context, address):
        try:
            with socket.create_connection((address, DAEMONS["chainfire"][0]), 2) as plain:
                with context.wrap_socket(plain, server_hostname=address) as sock:
                    sock.sendall(b"GET /raft HTTP/1.0\r\n\r\n")
                    return bool(sock.recv(1))
        except OSError:
            return False

    @classmethod
    def role(cls):
        if cls.leader is None:
            return "candidate"
        return "leader" if cls.leader == NODE else "follower"


class Health(http.server.BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    name = ""

    def log_message(self, *_):
        pass

    def reply(self, code, text, kind="application/json"):
        body = text.encode()
        self.send_response(code)
        self.send_header("Content-Type", kind)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def do_GET(self):
        if self.path == "/raft":
            return self.reply(200, json.dumps({"alive": Raft.alive}))
        if self.path != DAEMONS[self.name][1]:
            return self.reply(404, "{}")
        if fault("hang", self.name) is not None:
            time.sleep(600)
        bad = fault("unhealthy", self.name) is not None
        if self.name == "k8shost":
            return self.reply(500 if bad else 200, "[-]lab failed" if bad else "ok", "text/plain; charset=utf-8")
        answer = {"status": "unhealthy" if bad else "healthy"}
        if self.name in CONSENSUS:
            answer |= {"raft": Raft.role(), "cluster_size": len(Raft.alive)}
            if Raft.leader is None:
                answer["status"], bad = "degraded", True
        else:
            answer |= {"service": self.name, "uptime_seconds": int(time.time() - BEGAN)}
        self.reply(503 if bad else 200, json.dumps(answer))


class Server(http.server.ThreadingHTTPServer):
    daemon_threads = True
    allow_reuse_address = True

    def __init__(self, *args):
        super().__init__(*args)
        self.context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        which = "node" if fault("expired", Health.name) is None else "expired"
        self.context.load_cert_chain(f"{PKI}/{which}.crt", f"{PKI}/node.key")

    def finish_request(self, request, client_address):
        # In the connection's own thread: one that never shakes hands must not hold up the others.
        request.settimeout(30)
        try:
            self.RequestHandlerClass(self.context.wrap_socket(request, server_side=True), client_address, self)
        except OSError:
            pass

    def handle_error(self, *_):
        pass


def answer_dns(sock):
    """Knows one name, health.local, whose address is 127.0.0.1."""
    while True:
        query, sender = sock.recvfrom(512)
        if any(fault(kind, "flashdns") is not None for kind in ("hang", "unhealthy", "deaf")):
            continue
        try:
            at, labels = 12, []
            while query[at]:
                labels.append(query[at + 1 : at + 1 + query[at]].decode())
                at += query[at] + 1
            kind = struct.unpack(">H", query[at + 1 : at + 3])[0]
            known = ".".join(labels).lower() == "health.local"
            count = 1 if known and kind == 1 else 0
            reply = query[:2] + struct.pack(">HHHHH", 0x8580 | (0 if known else 3), 1, count, 0, 0)
            reply += query[12 : at + 5]
            if count:
                reply += b"\xc0\x0c" + struct.pack(">HHIH", 1, 1, 5, 4) + bytes([127, 0, 0, 1])
            sock.sendto(reply, sender)
        except (IndexError, UnicodeDecodeError, struct.error, OSError):
            pass


def go_to_background(name):
    pid = os.fork()
    if pid:
        with open(f"/run/{name}.pid", "w") as file:
            file.write(f"{pid}\n")
        os._exit(0)
    os.setsid()


def serve(name):
    port, path, delay = DAEMONS[name]
    message = fault("fail", name)
    if message is not None:
        log(3, f"{name}: FATAL {message or 'told to fail'}")
        sys.exit(3)
    log(6, f"{name}: starting on {NODE}, listens in {delay * SCALE:.1f} s")
    notify(f"STATUS=warming up ({delay * SCALE:.0f}s)")
    time.sleep(delay * SCALE)
    while fault("hang", name) is not None and "NOTIFY_SOCKET" in os.environ:
        time.sleep(0.5)
    Health.name = name
    server = Server(("0.0.0.0", port), Health)
    dns = None
    if name == "flashdns":
        dns = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
        dns.bind(("0.0.0.0", 53))
    if name in FORKING:
        go_to_background(name)
    signal.signal(signal.SIGTERM, lambda *_: os._exit(0))
    loops = [server.serve_forever]
    if name in CONSENSUS:
        loops.append(Raft.follow)
    if dns:
        loops.append(lambda: answer_dns(dns))
    for loop in loops:
        threading.Thread(target=loop, daemon=True).start()
    log(6, f"{name}: listening on :{port}{path}")
    notify(f"READY=1\nSTATUS=serving on :{port}")
    while True:
        time.sleep(0.5)
        if fault("crash", name) is not None:
            os.unlink(f"{CTL}/crash-{name}")
            log(2, f"{name}: PANIC told to crash")
            os._exit(4)


def once(unit, name, tries, done):
    """Waits for the local daemon, then writes down that this host has done it for good."""
    marker = f"{MARKERS}/.{unit}"
    if os.path.exists(marker):
        log(6, f"{unit}: done already")
        return
    for attempt in range(1, tries + 1):
        message = fault("fail", unit)
        if message is not None:
            log(3, f"{unit}: ERROR refused: {message or 'HTTP 500'}")
            sys.exit(1)
        try:
            log(6, f"{unit}: {name} answers {ask_local(name)}")
            break
        except OSError as error:
            log(4, f"{unit}: attempt {attempt}/{tries}: {error}")
            time.sleep(1)
    else:
        log(3, f"{unit}: ERROR {name} never became healthy")
        sys.exit(1)
    time.sleep(SCALE)
    os.makedirs(MARKERS, exist_ok=True)
    with open(marker, "w") as file:
        file.write(str(int(time.time())))
    log(5, f"{unit}: {done}")


def sample(name):
    """A line per look: when, what systemd says, what the daemon says; until nobody reads it any more."""
    while True:
        began = time.time()
        unit = subprocess.run(["systemctl", "is-active", name], capture_output=True, text=True).stdout.strip()
        try:
            said = json.loads(ask_local(name))
        except OSError:
            said = {}
        print(json.dumps({"at": began, "active": unit, "raft": said.get("raft")}), flush=True)
        time.sleep(0.2)


def check():
    unit, bad = "cluster-health-check", 0
    for name in DAEMONS:
        for _ in range(20):
            try:
                log(6, f"{unit}: {name} OK {ask_local(name)[:80]}")
                break
            except OSError as error:
                why = error
                time.sleep(0.5)
        else:
            log(3, f"{unit}: {name} FAILED {why}")
            bad += 1
    if fault("fail", unit) is not None:
        bad += 1
    log(3 if bad else 5, f"{unit}: {bad} unhealthy on {NODE}" if bad else f"{unit}: all healthy on {NODE}")
    sys.exit(1 if bad else 0)


if __name__ == "__main__":
    role, *names = sys.argv[1:]
    if role == "serve":
        serve(names[0])
    elif role == "join":
        once(f"{names[0]}-cluster-join", names[0], 30, f"joined the cluster as {NODE}")
    elif role == "setup":
        once(f"{names[0]}-initial-setup", names[0], 60, "created the first organisation and its admin")
    elif role == "sample":
        sample(names[0])
    else:
        check()
