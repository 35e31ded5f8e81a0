/** The other side does not keep to docs/remote-protocol.md; the session cannot go on. */
export class ProtocolError extends Error {
}

/** Frames are missing: the connection is given up, and on the next one the other side sends them again. */
export class FrameGapError extends Error {
}
