<?php
/** A cache of what registration read from manifests: the first child that loads a set of extensions fills it for all. */
class MwpipeRegistrations extends HashBagOStuff {
	private array $added = [];

	/** @param array $known by key, from earlier children */
	public function __construct( private array $known ) {
		parent::__construct();
	}

	protected function doGet( $key, $flags = 0, &$casToken = null ) {
		$casToken = null;
		return $this->known[$key] ?? false;
	}

	protected function doSet( $key, $value, $exptime = 0, $flags = 0 ) {
		$this->known[$key] = $this->added[$key] = $value;
		return true;
	}

	/** Once. */
	public function takeAdded(): array {
		[ $added, $this->added ] = [ $this->added, [] ];
		return $added;
	}
}
