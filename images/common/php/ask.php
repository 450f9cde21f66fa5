<?php
/**
 * Asks this container's own agent, through nginx and FPM as a user's request goes: php ask.php [retire=HASH,...]
 */

$query = isset( $argv[1] ) ? "?{$argv[1]}" : '';
$answer = @file_get_contents( "http://127.0.0.1:8080/mwpipe/bundle$query", false, stream_context_create( [
	'http' => [ 'timeout' => 10, 'ignore_errors' => true ],
] ) );
if ( $answer === false || json_decode( $answer ) === null ) {
	fwrite( STDERR, $answer === false ? "no answer on port 8080\n" : substr( $answer, 0, 300 ) . "\n" );
	exit( 1 );
}
print $answer;
