"""What browsers record, and what is no recording."""

from fractions import Fraction
from io import BytesIO

import av
from av.audio.resampler import AudioResampler

RATE = 48_000
TENTH = RATE // 10


def recording(container="webm", codec="libopus", seconds=1.0, layout="stereo", *, video=False):
    """Silence: WebM with Opus as Chromium records it, MP4 with AAC as Safari does."""
    to = BytesIO()
    with av.open(to, "w", format=container) as file:
        stream = file.add_stream(codec, rate=RATE, layout=layout)
        stream.codec_context.open()
        if video:
            add_picture(file)
        fit = AudioResampler(stream.codec_context.format, layout, RATE, frame_size=stream.codec_context.frame_size)
        for number in range(round(seconds * 10)):
            for part in fit.resample(silence(number * TENTH)):
                file.mux(stream.encode(part))
        for part in fit.resample(None):
            file.mux(stream.encode(part))
        file.mux(stream.encode(None))
    return to.getvalue()


def silence(at):
    frame = av.AudioFrame(format="s16", layout="mono", samples=TENTH)
    frame.sample_rate, frame.pts = RATE, at
    frame.planes[0].update(bytes(TENTH * 2))
    return frame


def add_picture(file):
    stream = file.add_stream("mpeg4", rate=5)
    stream.width = stream.height = 64
    stream.pix_fmt = "yuv420p"
    frame = av.VideoFrame(64, 64, "yuv420p")
    frame.pts, frame.time_base = 0, Fraction(1, 5)
    file.mux([*stream.encode(frame), *stream.encode(None)])


def facts_of(data):
    """Container, codec, channels and seconds."""
    with av.open(BytesIO(data)) as file:
        [stream] = file.streams
        sound = stream.codec_context
        samples = sum(frame.samples for frame in file.decode(stream))
        return file.format.name, sound.name, sound.layout.nb_channels, round(samples / sound.sample_rate, 1)
