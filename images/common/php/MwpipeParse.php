<?php
/**
 * Compiles files, in one child: a parser alone finds neither a function declared twice nor a break outside of a loop.
 * What compiles is in opcache's shared memory then, where the wikis' children find it.
 */
class MwpipeParse {
	/** @param string[] $paths in the bundle. @return bool whether all compile */
	public static function bundle( string $dir, array $paths ): bool {
		$started = hrtime( true );
		$mistakes = [];
		foreach ( self::inChild( $dir, $paths ) as $mistake ) {
			// Two files may declare one name, where no wiki loads both.
			$shared = preg_match( '/^Cannot (re)?declare/', $mistake['message'] );
			array_push( $mistakes, ...( $shared ? self::inChild( $dir, [ $mistake['file'] ] ) : [ $mistake ] ) );
		}
		foreach ( $mistakes as $mistake ) {
			MwpipeAnswer::line( [ 'say' => 'mistake', 'wiki' => null ] + $mistake );
		}
		MwpipeAnswer::line( [ 'say' => 'parsed', 'files' => count( $paths ),
			'ms' => intdiv( hrtime( true ) - $started, 1000000 ) ] );
		return !$mistakes;
	}

	private static function inChild( string $dir, array $paths ): array {
		[ $here, $there ] = stream_socket_pair( STREAM_PF_UNIX, STREAM_SOCK_STREAM, STREAM_IPPROTO_IP );
		$child = pcntl_fork();
		if ( $child === 0 ) {
			$mistakes = array_values( array_filter( array_map( static fn ( $path ) => self::compile( $dir, $path ), $paths ) ) );
			fwrite( $there, MwpipeAnswer::json( $mistakes ) );
			posix_kill( getmypid(), SIGKILL );
		}
		fclose( $there );
		$said = stream_get_contents( $here );
		pcntl_waitpid( $child, $status );
		return json_decode( $said, true ) ??
			[ MwpipeAnswer::mistake( 'fatal error', 'PHP itself died of compiling these files' ) ];
	}

	private static function compile( string $dir, string $path ): ?array {
		error_clear_last();
		// The warning "could not compile" would take the place of the error that it is about.
		set_error_handler( static fn () => true );
		try {
			opcache_compile_file( "$dir/$path" );
		} catch ( Error $error ) {
			return MwpipeAnswer::mistake( 'parse error', $error->getMessage(), $path, $error->getLine() );
		} finally {
			restore_error_handler();
		}
		$last = error_get_last();
		return $last ? MwpipeAnswer::mistake( 'fatal error', $last['message'], $path, $last['line'] ) : null;
	}
}
