"""What every part of the bench needs: commands measured, a slow line, a table."""
import concurrent.futures
import dataclasses
import os
import signal
import subprocess
import tempfile
import time

HERE = os.path.dirname(os.path.realpath(__file__))


@dataclasses.dataclass
class Cost:
    """Wall clock of all, processor time (user and system) of all, memory of the largest."""
    wall: float
    cpu: float
    rss_kb: int
    failures: list
    words: list  # what each said
    turns: int = 0

    def __add__(self, other):
        return Cost(self.wall + other.wall, self.cpu + other.cpu, max(self.rss_kb, other.rss_kb),
                    self.failures + other.failures, self.words + other.words, self.turns + other.turns)


def run_one(command, env):
    """The usage of one command, what it said, and that it failed if it did."""
    with tempfile.TemporaryFile() as out:
        process = subprocess.Popen(command, stdin=subprocess.DEVNULL, stdout=out, stderr=out, env={**os.environ, **env})
        _, status, usage = os.wait4(process.pid, 0)
        process.returncode = os.waitstatus_to_exitcode(status)
        out.seek(0)
        words = out.read().decode(errors='replace')
    failure = f'{" ".join(command)}: exit {process.returncode}: {words[-500:]}' if process.returncode else None
    return usage, words, failure


def measure(commands, at_once=1, env=None):
    """All of the commands, some at once."""
    began = time.monotonic()
    with concurrent.futures.ThreadPoolExecutor(at_once) as pool:
        done = list(pool.map(lambda c: run_one(c, env or {}), commands))
    return Cost(time.monotonic() - began, sum(u.ru_utime + u.ru_stime for u, _, _ in done),
                max(u.ru_maxrss for u, _, _ in done), [failure for _, _, failure in done if failure],
                [words for _, words, _ in done])


class SlowLine:
    """slow_line before a host, for as long as the block lasts; turns() tells what went over it since it was asked."""

    def __init__(self, listen, target, delay_ms, work):
        self.counts = os.path.join(work, f'turns.{listen}.{delay_ms}')
        self.command = [os.path.join(HERE, 'slow_line'), f'{listen}:445', f'{target}:445', str(delay_ms), self.counts]
        self.process = None
        self.seen = 0

    def __enter__(self):
        self.process = subprocess.Popen(self.command, stdout=subprocess.PIPE)
        if self.process.stdout.readline() != b'ready\n':
            raise SystemExit('the slow line did not begin')
        return self

    def __exit__(self, *_):
        self.process.send_signal(signal.SIGTERM)
        self.process.wait()

    def lines(self):
        if not os.path.exists(self.counts):
            return []
        with open(self.counts, encoding='ascii') as file:
            return [line.split() for line in file if line.endswith('\n')]

    def turns(self):
        """Those of the connections that ended since the last time; waits for the first of them."""
        end = time.monotonic() + 30
        while len(self.lines()) == self.seen and time.monotonic() < end:
            time.sleep(0.01)
        new = self.lines()[self.seen:]
        self.seen += len(new)
        return sum(int(line[0]) for line in new)


def table(title, heads, rows):
    widths = [max(len(str(row[i])) for row in [heads, *rows]) for i in range(len(heads))]
    print(f'\n{title}')
    for row in [heads, *rows]:
        cells = [f'{cell:<{w}}' if i == 0 else f'{cell:>{w}}' for i, (cell, w) in enumerate(zip(row, widths))]
        print('  ' + '  '.join(cells).rstrip(), flush=True)


def ratio(a, b):
    return f'1/{b / a:.1f}' if 0 < a < b else f'{a / b:.1f}' if b else '-'


def best(costs):
    """The least disturbed of several runs."""
    return min(costs, key=lambda c: c.wall)
