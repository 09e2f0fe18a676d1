/** What kafkajs keeps of an answer that has not come whole, in the connection that outlives its sockets. */
export interface AnswerFraming {
  isConnected(): boolean;
  connect(): Promise<unknown>;
  bytesBuffered: number;
  bytesNeeded: number;
  chunks: Buffer[];
}

const LENGTH_BYTES = 4;

/**
 * kafkajs 2.2.4 takes a connection up again with what the broken one left of an answer, and reads the new answers from there: lengths
 * out of the middle of data, then a throw in the socket's handler, which ends the process. So the rest is forgotten before
 * each new socket.
 */
export function forgetPartialAnswerOnConnect(connection: AnswerFraming): void {
  const connect = connection.connect.bind(connection);
  connection.connect = () => {
    if (!connection.isConnected()) {
      connection.chunks = [];
      connection.bytesBuffered = 0;
      connection.bytesNeeded = LENGTH_BYTES;
    }
    return connect();
  };
}
