"""A recording of a browser's as a platform takes it. A process of its own, which may read nothing but its input.

Run by inbox/recording.py with the format wanted; stdin and stdout are files, stderr gets one word if it fails. What is
read is a stranger's: no address in it is followed, and time, memory and output have an end.
"""

import resource
import sys
from collections.abc import Iterator
from fractions import Fraction
from io import BytesIO

import av
import av.subtitles.stream  # PyAV would ask for it later, when nothing can be opened any more.
from av.audio.frame import AudioFrame
from av.audio.resampler import AudioResampler

# Recorded up to five minutes; clocks differ.
MOST_SECONDS = 305
LEAST_SECONDS = 0.3
RATE = 48_000
# As the first bytes say; each is read as that and nothing else.
CONTAINERS = [(0, b"\x1aE\xdf\xa3", "matroska"), (0, b"OggS", "ogg"), (4, b"ftyp", "mov")]
CODECS = {"opus", "libopus", "vorbis", "aac", "pcm_f32le", "pcm_s16le"}
CPU_SECONDS, MEMORY, OUTPUT = 20, 1024 * 1024 * 1024, 8 * 1024 * 1024
# WhatsApp shows it as a voice note up to 512 KB.
OGG_BYTES = 440_000
OPUS_BIT_RATE, AAC_BIT_RATE = 24_000, 64_000


class Unfit(Exception):
    pass


def confine() -> None:
    for what, most in [
        (resource.RLIMIT_CPU, CPU_SECONDS),
        (resource.RLIMIT_AS, MEMORY),
        (resource.RLIMIT_FSIZE, OUTPUT),
        (resource.RLIMIT_CORE, 0),
        # Input, output and errors are open; no file and no connection beside them.
        (resource.RLIMIT_NOFILE, 3),
    ]:
        resource.setrlimit(what, (most, most))


def container_of(data: bytes) -> str:
    for at, sign, name in CONTAINERS:
        if data[at:].startswith(sign):
            return name
    raise Unfit("unknown")


def decoded(data: bytes) -> Iterator[AudioFrame]:
    """As one channel of 48,000 samples a second."""
    limits = {"max_streams": "2", "probesize": "1000000", "max_probe_packets": "100"}
    # No other decoder is begun, not even to look what it is.
    limits["codec_whitelist"] = ",".join(sorted(CODECS))
    with av.open(BytesIO(data), mode="r", format=container_of(data), container_options=limits) as container:
        streams = list(container.streams)
        if len(streams) != 1 or not container.streams.audio:
            raise Unfit("unknown")
        stream = container.streams.audio[0]
        sound = stream.codec_context
        if sound.name not in CODECS or not 8_000 <= sound.sample_rate <= 96_000 or sound.layout.nb_channels > 2:
            raise Unfit("unknown")
        sound.thread_count = 1
        resampler = AudioResampler("fltp", "mono", RATE)
        for frame in container.decode(stream):
            yield from resampler.resample(frame)
        yield from resampler.resample(None)


def heard(data: bytes) -> list[AudioFrame]:
    frames, samples = [], 0
    for frame in decoded(data):
        samples += frame.samples
        if samples > MOST_SECONDS * RATE:
            raise Unfit("long")
        frames.append(frame)
    if samples < LEAST_SECONDS * RATE:
        raise Unfit("short")
    return frames


def encoded(frames: list[AudioFrame], wanted: str) -> bytes:
    seconds = sum(frame.samples for frame in frames) / RATE
    to = BytesIO()
    with av.open(to, mode="w", format={"ogg": "ogg", "m4a": "ipod"}[wanted]) as container:
        if wanted == "ogg":
            speech = {"application": "voip", "vbr": "constrained"}
            stream = container.add_stream("libopus", rate=RATE, layout="mono", options=speech)
            stream.bit_rate = min(OPUS_BIT_RATE, int(OGG_BYTES * 8 / seconds))
        else:
            stream = container.add_stream("aac", rate=RATE, layout="mono")
            stream.bit_rate = AAC_BIT_RATE
        stream.codec_context.open()
        fit = AudioResampler(stream.codec_context.format, "mono", RATE, frame_size=stream.codec_context.frame_size)
        at = 0
        for frame in frames:
            # One after another: what the recording says of its times is not believed.
            frame.pts, frame.time_base, at = at, Fraction(1, RATE), at + frame.samples
            for part in fit.resample(frame):
                container.mux(stream.encode(part))
        for part in fit.resample(None):
            container.mux(stream.encode(part))
        container.mux(stream.encode(None))
    return to.getvalue()


def main() -> int:
    confine()
    wanted, most_bytes = sys.argv[1], int(sys.argv[2])
    try:
        sys.stdout.buffer.write(encoded(heard(sys.stdin.buffer.read(most_bytes)), wanted))
    except Unfit as reason:
        sys.stderr.write(str(reason))
        return 1
    except (av.error.FFmpegError, ValueError, MemoryError, OSError):
        sys.stderr.write("broken")
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main())
