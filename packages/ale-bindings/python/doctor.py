"""Checks an installation and prints the result as one line of JSON, the last on standard output."""

import json
import sys


def examine():
    found = {"python": sys.version.split()[0], "executable": sys.executable}
    try:
        import numpy

        found["numpy"] = numpy.__version__
        import ale_py

        found["ale-py"] = ale_py.__version__
        import gymnasium

        found["gymnasium"] = gymnasium.__version__
    except ImportError as error:
        return {**found, "code": "PACKAGE_MISSING", "problem": str(error)}

    from emulator import Emulator, rom_path
    from errors import RequestError

    missing = []
    for game in json.loads(sys.argv[1]):
        try:
            rom_path(game)
        except RequestError as error:
            missing.append(str(error))
    found["roms"] = len(json.loads(sys.argv[1])) - len(missing)
    if missing:
        return {**found, "code": "ROM_MISSING", "problem": missing[0]}

    emulator = Emulator()
    emulator.load("breakout")
    before = emulator.ale.getFrameNumber()
    emulator.act(1, 1.0, 1)
    height, width = emulator.ale.getScreenDims()
    colours = len(numpy.unique(emulator.ale.getScreen()))
    played = emulator.ale.getFrameNumber() - before
    found["frame"] = {"played": played, "height": height, "width": width, "colours": colours}
    if played != 1 or colours < 2:
        return {**found, "code": "EMULATOR", "problem": "Breakout shows no picture"}

    from ale_py.vector_env import AtariVectorEnv

    envs = AtariVectorEnv("breakout", 2)
    envs.reset(seed=0)
    observations = envs.step(numpy.ones(2, numpy.int32))[0]
    found["vector"] = {"games": 2, "shape": list(observations.shape[1:])}
    if observations.max() == 0:
        return {**found, "code": "EMULATOR", "problem": "the vector environment shows no pictures"}
    return found


print()
print(json.dumps(examine()))
